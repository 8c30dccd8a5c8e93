/** Words that are longer than any of ours are not compared to their end. */
const longestWord = 60;
/** A word with which a longer one begins or ends says something only from this length on. */
const tellingLetters = 4;

/** The known word that was probably meant, or `null` when none is near enough to be suggested. */
export function nearest(word: string, known: readonly string[]): string | null {
  const asked = lettersOf(word);
  if (asked === "") return null;
  const ranked = known
    .map((candidate) => ({ candidate, distance: distanceTo(asked, lettersOf(candidate)) }))
    .filter(({ distance }) => distance <= Math.max(1, Math.floor(asked.length / 3)))
    .sort((one, other) => one.distance - other.distance);
  return ranked[0]?.candidate ?? null;
}

/** A hint to be put behind what was not understood; empty where nothing known is near. */
export function didYouMean(name: string, known: readonly string[]): string {
  const meant = nearest(name, known);
  return meant === null ? "" : `, did you mean ${meant}?`;
}

/** Upper case and what joins words are no difference: `duration_seconds` means `durationSeconds`. */
function lettersOf(word: string): string {
  return word
    .slice(0, longestWord)
    .toLowerCase()
    .replace(/[\s_-]/g, "");
}

function distanceTo(asked: string, known: string): number {
  const isShort = asked.length >= tellingLetters && (known.startsWith(asked) || known.endsWith(asked));
  return Math.min(isShort ? 1 : Number.POSITIVE_INFINITY, editDistance(asked, known));
}

/** Letters to insert, leave out or replace until one text is the other (Levenshtein). */
function editDistance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...one].entries()) {
    const next = [index + 1];
    for (let place = 1; place <= other.length; place += 1) {
      const replaced = (row[place - 1] ?? 0) + (letter === other[place - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[place] ?? 0) + 1, (next[place - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}
