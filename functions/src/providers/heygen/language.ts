/**
 * Which language a script is written in, well enough to choose a voice: by its letters, and among
 * languages of Latin letters by their commonest words. Names are those of the vendor's voice list.
 */
const byLetters: readonly (readonly [letters: RegExp, languages: readonly string[]])[] = [
  // Before the characters that Japanese shares with Chinese.
  [/[\p{Script=Hiragana}\p{Script=Katakana}]/gu, ["Japanese"]],
  [/\p{Script=Han}/gu, ["Chinese", "Mandarin"]],
  [/\p{Script=Hangul}/gu, ["Korean"]],
  [/[іїєґ]/giu, ["Ukrainian"]],
  [/\p{Script=Cyrillic}/gu, ["Russian", "Bulgarian", "Serbian", "Ukrainian"]],
  [/[پچژگ]/gu, ["Persian", "Farsi", "Urdu"]],
  [/\p{Script=Arabic}/gu, ["Arabic"]],
  [/\p{Script=Hebrew}/gu, ["Hebrew"]],
  [/\p{Script=Greek}/gu, ["Greek"]],
  [/\p{Script=Thai}/gu, ["Thai"]],
  [/\p{Script=Devanagari}/gu, ["Hindi", "Marathi", "Nepali"]],
  [/\p{Script=Bengali}/gu, ["Bengali"]],
  [/\p{Script=Tamil}/gu, ["Tamil"]],
  [/\p{Script=Telugu}/gu, ["Telugu"]],
  [/\p{Script=Gujarati}/gu, ["Gujarati"]],
  [/\p{Script=Kannada}/gu, ["Kannada"]],
  [/\p{Script=Malayalam}/gu, ["Malayalam"]],
  [/\p{Script=Georgian}/gu, ["Georgian"]],
  [/\p{Script=Armenian}/gu, ["Armenian"]],
];

/** Common words, and letters that only few languages have. English first: it wins a tie. */
const latin: Readonly<Record<string, string>> = {
  English:
    "a the and is are you your we our of to with for this that have it i my was not will hello good thank",
  German: "der die das und ist ich nicht ein eine mit für auf wir sie es zu von hallo bei ß ä ü",
  French: "le la les et est une des vous nous je pas pour avec dans sur que qui bonjour du au ç œ",
  Spanish: "el la los las y es una con para que por en su más como hola del soy ñ ¿ ¡",
  Portuguese: "o os as e é um uma com para que não por em do da seu mais olá você ã õ",
  Italian: "il lo gli e è una con per che non di sono del della questo ciao più anche mi",
  Dutch: "de het een en is van ik niet met voor op wij zijn dat dit naar ook hallo mijn",
  Polish: "i w na się nie jest to z do że jak dla są jestem cześć oraz ł ą ę ś ż",
  Swedish: "och att det är en ett jag inte med för på vi som av till hej min å ä",
  Norwegian: "og at det er en et jeg ikke med for på vi som av til hei min å ø",
  Danish: "og at det er en et jeg ikke med for på vi som af til hej min å æ",
  Finnish: "ja on ei se että hän minä olen mutta kun niin tämä kanssa hei ovat ä ö",
  Turkish: "ve bir bu için ile çok ben de da değil olan var merhaba olarak ğ ş ı",
  Czech: "a je se na to že v s jsem pro jako ale není ahoj být ř ě ů",
  Romanian: "și este în cu pe de la nu un o care sunt pentru mai bună ă ț ș",
  Hungarian: "a az és hogy nem egy van meg is de vagyok szia ez ő ű",
  Indonesian: "dan yang di untuk dengan ini itu tidak saya ke dari adalah kami halo",
  Vietnamese: "và là của có cho không tôi một với trong này được xin chào ơ ư đ",
};

/**
 * The languages that a voice for this script may speak, the best first. Where the letters leave it
 * open, languages of the same letters: a voice of other letters is never right.
 */
export function languagesOf(script: string): readonly string[] {
  const kana = script.match(/[\p{Script=Hiragana}\p{Script=Katakana}]/gu);
  const counted = byLetters.map(([letters, languages]) => ({
    languages,
    count: script.match(letters)?.length ?? 0,
  }));
  const most = Math.max(...counted.map(({ count }) => count));
  const latinLetters = script.match(/\p{Script=Latin}/gu)?.length ?? 0;
  // A few foreign words, such as a name, do not change the language of a script.
  if (most > 0 && most * 2 >= latinLetters) {
    if (kana !== null) return ["Japanese"];
    const found = counted.filter(({ count }) => count > 0).flatMap(({ languages }) => languages);
    return [...new Set(found)];
  }
  return latinLanguagesOf(script);
}

function latinLanguagesOf(script: string): readonly string[] {
  const text = script.toLowerCase();
  const words = new Set(text.split(/[^\p{Letter}]+/u));
  const scores = Object.entries(latin).map(([language, signs]) => {
    const hits = signs.split(" ").filter((sign) => words.has(sign) || isRareLetter(sign, text));
    return { language, score: hits.length };
  });
  const best = Math.max(...scores.map(({ score }) => score));
  const likely = scores.filter(({ score }) => score === best).map(({ language }) => language);
  // One word proves little: many languages have an "a".
  return best >= surelyHits ? likely : [...new Set([...likely, ...Object.keys(latin)])];
}

const surelyHits = 2;

/** Outside the letters and the accents that many languages share. */
function isRareLetter(sign: string, text: string): boolean {
  return sign.length === 1 && /[^a-zéè]/.test(sign) && text.includes(sign);
}

/** Does a voice that the list describes so speak the language? `English (US)`, `en-GB` and `english` do. */
export function speaks(described: string, language: string): boolean {
  const said = described.trim().toLowerCase();
  if (said.startsWith(language.toLowerCase())) return true;
  const code = isoCodes[language];
  return code !== undefined && new RegExp(`^${code}(?:[-_]|$)`).test(said);
}

/** A voice of which no language is told, or that speaks several. */
export function speaksAny(described: string | null | undefined): boolean {
  return !described?.trim() || /^(?:multi|any|all\b|auto)/i.test(described.trim());
}

const isoCodes: Readonly<Record<string, string>> = {
  English: "en",
  German: "de",
  French: "fr",
  Spanish: "es",
  Portuguese: "pt",
  Italian: "it",
  Dutch: "nl",
  Polish: "pl",
  Swedish: "sv",
  Norwegian: "n[bo]",
  Danish: "da",
  Finnish: "fi",
  Turkish: "tr",
  Czech: "cs",
  Romanian: "ro",
  Hungarian: "hu",
  Indonesian: "id",
  Vietnamese: "vi",
  Japanese: "ja",
  Chinese: "zh",
  Korean: "ko",
  Russian: "ru",
  Ukrainian: "uk",
  Arabic: "ar",
  Hebrew: "he",
  Greek: "el",
  Thai: "th",
  Hindi: "hi",
};
