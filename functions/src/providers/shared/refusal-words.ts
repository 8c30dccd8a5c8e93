/**
 * Whose part of a request does a refusal name? What comes word for word from the caller (prompt,
 * script, pictures) is theirs; all else in a body (model, size, length, voice, which fields are
 * sent at all) was chosen here, and its refusal means that our catalogue is out of date.
 */
export type NamedPart = "theirs" | "ours";

/** A field by its path, such as `promptImage[0].uri`: the last name in it decides. */
export function partOfField(path: string, callersFields: ReadonlySet<string>): NamedPart {
  const names = path.split(/[^A-Za-z_]+/).filter((name) => name !== "");
  return callersFields.has(names.at(-1) ?? "") ? "theirs" : "ours";
}

const callersWords =
  /prompt|script|picture|image|photo|seeds?|text\b|\b(?:asset|media|file|frame|url|uri)\b/i;
const ourWords =
  /model|\bratio|resolution|dimension|\bsize|width|height|duration|length|seconds|audio|sound|voice|avatar|look\b|presenter|preset|engine|parameter|field|propert|\boption|version|deprecat|discontinu|no longer (?:available|supported)/i;

/** What is wrong with a picture itself, in words that would otherwise be about a video. */
const brokenPicture =
  /\b(?:image|picture|photo|asset|file|media|ur[li])\b.*(?:download|fetch|access|reach|decod|corrupt|format|file size|dimension|aspect|too (?:large|small|wide|tall))|(?:download|fetch|access|reach|decode|read) (?:the |your )?(?:image|picture|photo|asset|file|media|ur[li])/i;

/** A sentence that names parts of both kinds is about ours: that "gen9 takes no image" is no fault of the image. */
export function partOfSentence(sentence: string): NamedPart | undefined {
  if (brokenPicture.test(sentence)) return "theirs";
  if (ourWords.test(sentence)) return "ours";
  return callersWords.test(sentence) ? "theirs" : undefined;
}

/**
 * Words of moderation in a vendor's code or sentence. Vendors that resell models pass on what the
 * maker's moderation said, so the words of several makers occur (integrators' lists, 2026-11).
 */
const moderationWords =
  /moderat|nsfw|content[ _-]?(?:policy|policies|filter|violation|blocked)|(?:usage|community|safety) (?:guideline|polic)|safety (?:filter|system|check|violation|block)|responsible ai|prohibited content|explicit content|unsafe content|sensitive content|flagged|invalid content detected/i;

export function isModeration(words: string | undefined): boolean {
  return words !== undefined && moderationWords.test(words);
}
