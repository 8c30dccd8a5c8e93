import { type AchievementRule, achievementRules } from "./cv-achievements.js";
import type { Word } from "./words.js";

/** How far behind its verb an object may stand: "built and maintained several data pipelines". */
const wordsBetween = 8;

const rulesByVerb = new Map<string, AchievementRule[]>();
for (const rule of achievementRules) {
  for (const verb of rule.verbs) rulesByVerb.set(verb, [...(rulesByVerb.get(verb) ?? []), rule]);
}

export interface Achievement {
  readonly kind: "achievement";
  readonly look: string;
  /** Place of the verb in the text. */
  readonly index: number;
}

export function findAchievements(words: readonly Word[]): Achievement[] {
  return words.flatMap(({ key }, index) => {
    const rules = rulesByVerb.get(key);
    if (rules === undefined) return [];
    const behind = words.slice(index + 1, index + 1 + wordsBetween).map((word) => word.key);
    const rule = rules.find(({ objects }) => objects?.some((object) => behind.includes(object)) ?? true);
    return rule === undefined ? [] : [{ kind: "achievement", look: rule.look, index }];
  });
}
