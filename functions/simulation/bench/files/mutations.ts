import type { Chance } from "../../kit/chance.js";

interface Place {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

const parents = new Set(["moov", "trak", "mdia", "minf", "stbl", "moof", "traf", "mvex", "edts", "udta"]);
const tables = new Set(["stts", "stsz", "stsc", "stco", "co64", "ctts", "stss", "elst", "trun", "stsd"]);

/** Every box of a sound file, parents before their children. */
function places(bytes: Buffer, from = 0, to = bytes.length): Place[] {
  const found: Place[] = [];
  for (let start = from; start + 8 <= to; ) {
    const size = bytes.readUInt32BE(start);
    const end = size === 0 ? to : start + size;
    if ((size !== 0 && size < 8) || end > to) break;
    const type = bytes.toString("latin1", start + 4, start + 8);
    found.push({ type, start, end });
    if (parents.has(type)) found.push(...places(bytes, start + 8, end));
    start = end;
  }
  return found;
}

function anyPlace(bytes: Buffer, chance: Chance, isWanted: (place: Place) => boolean = () => true): Place {
  const wanted = places(bytes).filter(isWanted);
  return wanted[chance.below(wanted.length)] ?? { type: "", start: 0, end: 8 };
}

const countsRaisedTo = [
  (count: number) => count + 1,
  (count: number) => count * 2 + 1,
  (count: number) => count + 1_000,
  () => 0x7fffffff,
  () => 0xfffffff0,
  () => 0xffffffff,
] as const;

/** What can happen to a file on its way, or be done to it. Each changes a copy. */
export const mutations: Readonly<Record<string, (bytes: Buffer, chance: Chance) => Buffer>> = {
  shrink(bytes, chance) {
    const { start, end } = anyPlace(bytes, chance);
    bytes.writeUInt32BE(Math.max(0, end - start - 1 - chance.below(64)), start);
    return bytes;
  },
  grow(bytes, chance) {
    const { start, end } = anyPlace(bytes, chance);
    bytes.writeUInt32BE(end - start + 1 + chance.below(64), start);
    return bytes;
  },
  move(bytes, chance) {
    const { start, end } = anyPlace(bytes, chance);
    const rest = Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]);
    const to = anyPlace(rest, chance).start;
    return Buffer.concat([rest.subarray(0, to), bytes.subarray(start, end), rest.subarray(to)]);
  },
  count(bytes, chance) {
    const { type, start } = anyPlace(bytes, chance, (place) => tables.has(place.type));
    const place = start + (type === "stsz" ? 16 : 12);
    if (type === "" || place + 4 > bytes.length) return bytes;
    const raised = chance.pick(countsRaisedTo)(bytes.readUInt32BE(place));
    bytes.writeUInt32BE(Math.min(raised, 0xffffffff), place);
    return bytes;
  },
  flip(bytes, chance) {
    const { start, end } = anyPlace(bytes, chance, ({ type }) => type === "moov" || type === "moof");
    for (let times = 0; times < 4; times += 1) {
      const place = start + chance.below(end - start);
      bytes.writeUInt8(bytes.readUInt8(place) ^ (1 << chance.below(8)), place);
    }
    return bytes;
  },
  cut: (bytes, chance) => bytes.subarray(0, chance.below(bytes.length)),
  lose(bytes, chance) {
    const start = chance.below(bytes.length);
    return Buffer.concat([bytes.subarray(0, start), bytes.subarray(start + 1 + chance.below(2_000))]);
  },
  zero(bytes, chance) {
    const start = chance.below(bytes.length);
    return bytes.fill(0, start, Math.min(bytes.length, start + 1_024));
  },
};

const kinds = Object.keys(mutations) as [string, ...string[]];

/** A changed copy of a sound file, and what was done to it. */
export function mutated(bytes: Buffer, chance: Chance): { kind: string; bytes: Buffer } {
  const kind = chance.pick(kinds);
  return { kind, bytes: mutations[kind]?.(Buffer.from(bytes), chance) ?? bytes };
}
