import { list } from "../words.js";

/** What working with a tool looks like. No logo and no brand of the tool is asked for. */
const toolsByLook: readonly (readonly [look: string, tools: readonly string[]])[] = [
  [
    "lines of code on a screen",
    list(`
    python, java, javascript, typescript, c++, c#, golang, Rust, kotlin, Swift, php, Ruby, scala, React
    Angular, vue, node js, nodejs, django, Spring Boot, dotnet, git, github, gitlab, html, css`),
  ],
  [
    "data flowing across large screens",
    list(`
    Spark, pyspark, kafka, Airflow, hadoop, Snowflake, databricks, dbt, sql, postgresql, mysql, mongodb
    bigquery, redshift, etl, Flink`),
  ],
  [
    "rows of servers in a data centre",
    list(`
    aws, azure, gcp, google cloud, kubernetes, docker, terraform, ansible, linux, jenkins, openstack, vmware
    firebase`),
  ],
  [
    "charts and dashboards on a screen",
    list(`
    Excel, Tableau, power bi, Looker, grafana, google analytics, spss, matlab, stata, sap`),
  ],
  [
    "glowing graphs of a learning model",
    list(`
    tensorflow, pytorch, keras, scikit learn, hugging face, machine learning, deep learning`),
  ],
  [
    "design sketches on a wide monitor",
    list("figma, photoshop, adobe illustrator, indesign, Sketch, adobe xd, canva, Blender"),
  ],
  ["technical drawings and parts in 3D", list("autocad, solidworks, revit, catia, fusion 360, sketchup")],
  ["a timeline in a dim editing room", list("premiere pro, after effects, final cut, davinci resolve")],
  ["a friendly call with a customer", list("salesforce, hubspot, zendesk, intercom, pipedrive")],
  ["a wall of planning notes", list("jira, trello, asana, ms project, scrum, kanban")],
];

/** Also an English word: only a capital letter makes it the tool. */
export const toolsInCapitals: ReadonlySet<string> = new Set(
  toolsByLook.flatMap(([, tools]) =>
    tools.filter((tool) => /^[A-Z]/.test(tool)).map((tool) => tool.toLowerCase()),
  ),
);

export const toolLooks: readonly (readonly [phrase: string, look: string])[] = toolsByLook.flatMap(
  ([look, tools]) => tools.map((tool) => [tool, look] as const),
);

const skillsByLook: readonly (readonly [look: string, phrases: readonly string[]])[] = [
  ["a small team around one table", list("leadership, team lead, teamwork, collaboration, team player")],
  [
    "a speaker in front of an audience",
    list("public speaking, presentation skills, presentations, keynotes"),
  ],
  [
    "a handshake across a table",
    list("negotiation, negotiating, stakeholder management, account management"),
  ],
  ["a mentor beside a younger colleague", list("mentoring, coaching, mentorship, training of staff")],
  ["a wall of planning notes", list("project management, agile, product management, planning")],
  ["a friendly talk with a customer", list("customer service, customer support, client relations")],
  ["hands on a keyboard", list("programming, coding, software development, copywriting, content writing")],
  ["notes and papers in warm light", list("research, academic writing, literature review, data analysis")],
  ["quick sketches on paper", list("sketching, graphic design, product design, prototyping, wireframing")],
  ["careful hands with a patient", list("patient care, first aid, nursing care, wound care")],
];

export const skillLooks: readonly (readonly [phrase: string, look: string])[] = skillsByLook.flatMap(
  ([look, phrases]) => phrases.map((phrase) => [phrase, look] as const),
);
