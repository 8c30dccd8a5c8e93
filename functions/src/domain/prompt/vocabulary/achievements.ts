import { list } from "../words.js";

/** Something done: one of the verbs, and one of the objects not far behind it. */
export interface AchievementRule {
  readonly verbs: readonly string[];
  /** Absent when the verb says enough. */
  readonly objects?: readonly string[];
  readonly look: string;
}

const makingVerbs = list("built, created, designed, developed, implemented, delivered, launched, set");
const raisingVerbs = list("increased, grew, raised, doubled, tripled, boosted, improved, expanded");
const loweringVerbs = list("reduced, cut, lowered, decreased, saved, halved");
const leadingVerbs = list("led, managed, headed, supervised, directed, ran");

/** In order: the first rule that a verb and its object satisfy counts. */
export const achievementRules: readonly AchievementRule[] = [
  {
    verbs: [...makingVerbs, ...list("automated, migrated, maintained")],
    objects: list("pipeline, pipelines, warehouse, etl, streaming"),
    look: "data moving along glowing lines",
  },
  {
    verbs: makingVerbs,
    objects: list("app, apps, application, applications, website, websites, game"),
    look: "a new app in somebody's hand",
  },
  {
    verbs: [...makingVerbs, ...list("migrated, scaled")],
    objects: list("platform, platforms, system, systems, service, services, infrastructure, api, apis"),
    look: "a system coming to life on a wall of screens",
  },
  {
    verbs: makingVerbs,
    objects: list("campaign, campaigns, brand, product, products, shop, store"),
    look: "the launch of a new product",
  },
  {
    verbs: [...makingVerbs, ...list("renovated, constructed")],
    objects: list("bridge, bridges, building, buildings, house, houses, school"),
    look: "a building growing between cranes",
  },
  {
    verbs: leadingVerbs,
    objects: list("team, teams, department, engineers, people, staff, group, crew"),
    look: "a team gathered around its leader",
  },
  {
    verbs: leadingVerbs,
    objects: list("project, projects, program, programme"),
    look: "a plan taking shape on a whiteboard",
  },
  {
    verbs: [...raisingVerbs, "exceeded"],
    objects: list("sales, revenue, growth, profit, customers, users, traffic, conversion, engagement"),
    look: "a rising curve on a chart",
  },
  {
    verbs: loweringVerbs,
    objects: list("cost, costs, time, waste, errors, downtime, latency, spending, emissions"),
    look: "work that runs with ease and order",
  },
  {
    verbs: list("won, received, earned, awarded"),
    objects: list("award, awards, prize, medal, scholarship"),
    look: "an award on a bright stage",
  },
  { verbs: list("founded, cofounded"), look: "a small team in its first office" },
  { verbs: list("published, authored"), look: "a fresh publication on a desk" },
  { verbs: list("graduated"), look: "caps in the air at a graduation" },
  { verbs: list("taught, trained, mentored, coached"), look: "a mentor beside a younger colleague" },
  { verbs: list("volunteered"), look: "helping hands in a neighbourhood" },
];
