import { list } from "../words.js";

/** What a camera would see of a profession. Scenes rather than portraits: nobody's face is known. */
const scenesByRole: Readonly<Record<string, string>> = {
  accountant: "an accountant going through figures",
  actor: "an actor on a stage",
  architect: "an architect over drawings and models",
  artist: "an artist in a studio",
  barista: "a barista behind a coffee machine",
  carpenter: "a carpenter in a workshop",
  cashier: "a cashier serving customers",
  chef: "a chef in a busy kitchen",
  cook: "a cook in a busy kitchen",
  dentist: "a dentist in a bright practice",
  doctor: "a doctor with a patient",
  driver: "a driver at the wheel",
  electrician: "an electrician at a switchboard",
  entrepreneur: "a founder in a bright office",
  farmer: "a farmer in a field",
  firefighter: "a firefighter in action",
  founder: "a founder in a bright office",
  gardener: "a gardener among plants",
  illustrator: "an illustrator at a drawing table",
  journalist: "a journalist taking notes",
  judge: "a judge in a courtroom",
  lawyer: "a lawyer with case files",
  lecturer: "a lecturer in a full lecture hall",
  librarian: "a librarian between bookshelves",
  mechanic: "a mechanic under a raised car",
  midwife: "a midwife in a delivery room",
  musician: "a musician with an instrument",
  nurse: "a nurse caring for a patient",
  painter: "a painter in a studio",
  paramedic: "a paramedic beside an ambulance",
  pharmacist: "a pharmacist behind a counter",
  photographer: "a photographer behind a camera",
  physician: "a physician with a patient",
  physiotherapist: "a physiotherapist guiding an exercise",
  pilot: "a pilot in a cockpit",
  plumber: "a plumber fitting pipes",
  "police officer": "a police officer on patrol",
  professor: "a professor in a full lecture hall",
  "real estate agent": "an estate agent showing a bright home",
  receptionist: "a receptionist at a front desk",
  recruiter: "a recruiter in conversation",
  salesperson: "a salesperson with a customer",
  secretary: "a secretary at a tidy desk",
  "social worker": "a social worker listening to a family",
  surgeon: "a surgeon in an operating theatre",
  tailor: "a tailor measuring cloth",
  teacher: "a teacher in front of a class",
  translator: "a translator between two texts",
  tutor: "a tutor beside a student",
  veterinarian: "a veterinarian with a dog",
  waiter: "a waiter in a busy restaurant",
  waitress: "a waitress in a busy restaurant",
  welder: "a welder in a shower of sparks",
  writer: "a writer at a desk by a window",
};

/** Put before each of the occupations below; an occupation also stands alone. */
const fields = list(`
    ai, analytics, automation, backend, back end, biomedical, blockchain, brand, business, chemical, civil
    cloud, communications, content, customer success, data, database, devops, digital, electrical, embedded
    energy, environmental, fashion, finance, financial, frontend, front end, full stack, fullstack, game
    graphic, hardware, hr, human resources, industrial, infrastructure, interior, it, lab, laboratory, legal
    logistics, machine learning, maintenance, marketing, mechanical, medical, mobile, network, office
    operations, platform, process, procurement, product, production, project, quality, research, risk
    robotics, sales, security, site reliability, social media, software, sound, structural, supply chain
    support, sustainability, system, systems, tax, test, ui, user experience, ux, ux ui, video, web`);

const occupations = list(`
    administrator, analyst, assistant, consultant, coordinator, designer, developer, director, editor
    engineer, manager, officer, producer, programmer, researcher, scientist, specialist, strategist
    technician`);

/** As they are spoken, so that "a" and "an" and the capitals come out right. */
const spelled: Readonly<Record<string, string>> = {
  ai: "AI",
  hr: "HR",
  it: "IT",
  ui: "UI",
  ux: "UX",
  "ux ui": "UX/UI",
};
/** "it manager" in running text is mostly a pronoun, so the capitals must be there. */
export const rolesInCapitals: ReadonlySet<string> = new Set(["it"]);

/** Spoken with a consonant first: "a UX designer", "a user experience designer". */
const startsLikeYou = /^(?:U[XI]|user)/;

export const roleScenes: readonly (readonly [phrase: string, scene: string])[] = [
  ...Object.entries(scenesByRole),
  ...["", ...fields].flatMap((field) =>
    occupations.map((occupation) => [`${field} ${occupation}`.trim(), atWork(field, occupation)] as const),
  ),
];

function atWork(field: string, occupation: string): string {
  const role = `${spelled[field] ?? field} ${occupation}`.trim();
  const article = /^[aeiou]|^HR/i.test(role) && !startsLikeYou.test(role) ? "an" : "a";
  return `${article} ${role} at work`;
}
