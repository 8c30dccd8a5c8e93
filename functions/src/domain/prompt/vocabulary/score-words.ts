import { list, type PhraseTable, phraseTable } from "../words.js";
import { cities } from "./places.js";
import { roleScenes } from "./roles.js";

/** What a word tells about the picture. */
export type Sign = "subject" | "action" | "setting" | "light" | "camera" | "vague";

const subjects = `
  man, men, woman, women, person, people, child, children, boy, girl, baby, couple, family, team, crowd, dancer
  athlete, runner, worker, student, soldier, astronaut, robot, dog, dogs, puppy, cat, cats, kitten, bird, birds
  horse, horses, fox, wolf, bear, lion, tiger, elephant, whale, dolphin, fish, butterfly, bee, deer, owl, eagle
  car, cars, truck, train, trains, bus, bicycle, motorcycle, boat, boats, ship, ships, plane, rocket, tram
  tree, trees, flower, flowers, leaf, leaves, candle, book, cup, bottle, shoe, shoes, watch, phone, laptop, product
  clouds, waves, lighthouse, balloon, balloons, kite, lantern, lanterns, drone, statue, clock, hands, face, eyes`;

/** Base forms; -s, -ed and -ing are put to them. */
const actions = `
  walk, run, jump, dance, sail, drift, float, fly, swim, dive, climb, drive, ride, fall, rise, spin, turn
  open, close, pour, cook, paint, write, read, type, talk, speak, laugh, smile, cry, sing, play, build
  work, carry, lift, throw, catch, kick, hold, reach, wave, nod, look, watch, stare, gaze, point, sleep
  wake, stand, sit, kneel, crawl, glide, roll, bounce, burn, melt, freeze, bloom, grow, explode, burst
  crash, splash, flow, drip, swirl, sway, flutter, chase, follow, approach, leave, enter, cross, pass
  travel, land, launch, shine, glow, flicker, unfold, emerge, appear, vanish, wander, march, race, lean
  hang, taste, drink, eat, pull, push, shake, hug, greet, pick, blow, stir, knead, sprint, rotate, move
  start, stop, wait, whisper, shout, celebrate, hide, search, dig, plant, feed, slide, skate, surf, ski
  cycle, row, serve, assemble, repair, inspect`;

const settings = `
  river, lake, sea, ocean, beach, shore, coast, harbour, harbor, forest, woods, jungle, mountain, mountains, hill
  hills, valley, canyon, desert, meadow, field, fields, garden, park, island, cave, cliff, waterfall, glacier, snow
  street, streets, alley, city, town, village, square, plaza, bridge, road, highway, station, airport, port, market
  rooftop, balcony, skyline, tunnel, kitchen, office, room, bedroom, bathroom, studio, library, classroom, school
  university, hospital, laboratory, lab, workshop, factory, warehouse, farm, barn, stage, stadium, theatre, theater
  cinema, museum, gallery, cafe, restaurant, bar, hotel, lobby, corridor, hallway, shop, store, supermarket, gym
  pool, house, home, cottage, castle, temple, church, cathedral, ruins, space, moon, planet, underwater, sky
  garage, greenhouse, courtyard, staircase, attic, cockpit, cabin, tent, campsite, indoors, outdoors, storm, rain, blizzard`;

const light = `
  dawn, dusk, sunrise, sunset, golden hour, blue hour, twilight, daylight, sunlight, sunlit, sunny, moonlight
  moonlit, starlight, candlelight, candlelit, lamplight, firelight, neon, noon, midday, morning, afternoon, evening
  night, midnight, overcast, cloudy, foggy, misty, mist, fog, hazy, backlit, backlight, rim light, soft light
  warm light, cold light, harsh light, hard light, natural light, studio light, spotlight, low key, high key
  shadows, shadow, silhouette, glowing, light rays, god rays, lens flare, bright light, dim light, dim, lit`;

const camera = `
  close up, closeup, macro, wide shot, wide angle, long shot, medium shot, full shot, establishing shot, portrait
  bird s eye, aerial, drone shot, overhead, top down, low angle, high angle, eye level, over the shoulder
  point of view, pov, pan, pans, panning, tilt, tilts, tilting, zoom, zooms, zooming, dolly, tracking shot, tracking
  handheld, steadicam, crane shot, orbit, orbits, static camera, static shot, locked off, fixed camera, slow motion
  time lapse, timelapse, hyperlapse, shallow depth of field, bokeh, rack focus, 35mm, 50mm, 85mm, one take`;

/** They promise and show nothing; a model fills them with the average of everything. */
const vague = `
  nice, good, great, beautiful, cool, amazing, awesome, stunning, incredible, fantastic, perfect, best, epic
  something, somehow, somewhere, stuff, thing, things, various, etc, interesting, pretty, very, really`;

function forms(verb: string): string[] {
  const stem = verb.endsWith("e") ? verb.slice(0, -1) : verb;
  const doubled = `${verb}${verb.slice(-1)}`;
  return [verb, `${verb}s`, `${verb}es`, `${stem}ed`, `${stem}ing`, `${doubled}ed`, `${doubled}ing`];
}

function signed(sign: Sign, phrases: Iterable<string>): (readonly [string, Sign])[] {
  return [...phrases].map((phrase) => [phrase, sign] as const);
}

export const wordSigns: PhraseTable<Sign> = phraseTable([
  ...signed("subject", list(subjects)),
  ...signed(
    "subject",
    roleScenes.map(([role]) => role),
  ),
  ...signed("action", list(actions).flatMap(forms)),
  ...signed("setting", list(settings)),
  ...signed("setting", cities),
  ...signed("light", list(light)),
  ...signed("camera", list(camera)),
  ...signed("vague", list(vague)),
]);

/** Words that carry the sentence and no picture; also how English is told from other languages. */
export const functionWords: ReadonlySet<string> = new Set(
  list(`
    a, an, the, and, or, but, of, in, on, at, by, to, from, into, onto, with, without, through, over, under
    across, along, around, near, behind, between, beside, above, below, inside, outside, towards, toward
    is, are, was, were, be, been, being, has, have, had, do, does, did, will, would, can, could, should
    it, its, he, she, they, them, his, her, their, this, that, these, those, there, here, who, which, what
    as, while, when, then, than, so, not, no, very, i, we, my, our, you, your, for, up, down, out, off, some`),
);

/** A determiner behind one of these tells where, not who: "in the forest". */
export const prepositions: ReadonlySet<string> = new Set(
  list(`
    of, in, on, at, by, to, from, into, onto, with, through, over, under, across, along, around, near, behind
    between, beside, above, below, inside, outside, towards, toward`),
);

export const determiners: ReadonlySet<string> = new Set(
  list("a, an, the, one, two, three, four, five, six, ten, his, her, their, my, our, several, many"),
);

/** They name the film and not what is in it. */
export const filmWords: ReadonlySet<string> = new Set(
  list(
    "video, videos, clip, film, movie, scene, shot, picture, image, footage, view, animation, way, lot, bit",
  ),
);
