/** A deed: one of the verbs, and one of the objects not far behind it. */
export interface AchievementRule {
  readonly verbs: readonly string[];
  /** Absent when the verb says enough. */
  readonly objects?: readonly string[];
  readonly look: string;
}

const made = ["built", "created", "designed", "developed", "implemented", "delivered", "launched", "set"];
const more = ["increased", "grew", "raised", "doubled", "tripled", "boosted", "improved", "expanded"];
const less = ["reduced", "cut", "lowered", "decreased", "saved", "halved"];
const led = ["led", "managed", "headed", "supervised", "directed", "ran"];

/** In order: the first rule that a verb and its object satisfy counts. */
export const achievementRules: readonly AchievementRule[] = [
  {
    verbs: [...made, "automated", "migrated", "maintained"],
    objects: ["pipeline", "pipelines", "warehouse", "etl", "streaming"],
    look: "data moving along glowing lines",
  },
  {
    verbs: made,
    objects: ["app", "apps", "application", "applications", "website", "websites", "game"],
    look: "a new app in somebody's hand",
  },
  {
    verbs: [...made, "migrated", "scaled"],
    objects: [
      "platform",
      "platforms",
      "system",
      "systems",
      "service",
      "services",
      "infrastructure",
      "api",
      "apis",
    ],
    look: "a system coming to life on a wall of screens",
  },
  {
    verbs: made,
    objects: ["campaign", "campaigns", "brand", "product", "products", "shop", "store"],
    look: "the launch of a new product",
  },
  {
    verbs: [...made, "renovated", "constructed"],
    objects: ["bridge", "bridges", "building", "buildings", "house", "houses", "school"],
    look: "a building growing between cranes",
  },
  {
    verbs: led,
    objects: ["team", "teams", "department", "engineers", "people", "staff", "group", "crew"],
    look: "a team gathered around its leader",
  },
  {
    verbs: led,
    objects: ["project", "projects", "program", "programme"],
    look: "a plan taking shape on a whiteboard",
  },
  {
    verbs: [...more, "exceeded"],
    objects: [
      "sales",
      "revenue",
      "growth",
      "profit",
      "customers",
      "users",
      "traffic",
      "conversion",
      "engagement",
    ],
    look: "a rising curve on a chart",
  },
  {
    verbs: less,
    objects: ["cost", "costs", "time", "waste", "errors", "downtime", "latency", "spending", "emissions"],
    look: "work that runs with ease and order",
  },
  {
    verbs: ["won", "received", "earned", "awarded"],
    objects: ["award", "awards", "prize", "medal", "scholarship"],
    look: "an award on a bright stage",
  },
  { verbs: ["founded", "cofounded"], look: "a small team in its first office" },
  { verbs: ["published", "authored"], look: "a fresh publication on a desk" },
  { verbs: ["graduated"], look: "caps in the air at a graduation" },
  { verbs: ["taught", "trained", "mentored", "coached"], look: "a mentor beside a younger colleague" },
  { verbs: ["volunteered"], look: "helping hands in a neighbourhood" },
];
