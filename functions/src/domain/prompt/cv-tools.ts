/** What working with a tool looks like. No logo and no brand of the tool is asked for. */
const byLook: readonly (readonly [look: string, tools: readonly string[]])[] = [
  [
    "lines of code on a screen",
    [
      ...[
        "python",
        "java",
        "javascript",
        "typescript",
        "c++",
        "c#",
        "golang",
        "Rust",
        "kotlin",
        "Swift",
        "php",
      ],
      ...["Ruby", "scala", "React", "Angular", "vue", "node js", "nodejs", "django", "Spring Boot", "dotnet"],
      ...["git", "github", "gitlab", "html", "css"],
    ],
  ],
  [
    "data flowing across large screens",
    [
      ...[
        "Spark",
        "pyspark",
        "kafka",
        "Airflow",
        "hadoop",
        "Snowflake",
        "databricks",
        "dbt",
        "sql",
        "postgresql",
      ],
      ...["mysql", "mongodb", "bigquery", "redshift", "etl", "Flink"],
    ],
  ],
  [
    "rows of servers in a data centre",
    [
      ...["aws", "azure", "gcp", "google cloud", "kubernetes", "docker", "terraform", "ansible", "linux"],
      ...["jenkins", "openstack", "vmware", "firebase"],
    ],
  ],
  [
    "charts and dashboards on a screen",
    [
      "Excel",
      "Tableau",
      "power bi",
      "Looker",
      "grafana",
      "google analytics",
      "spss",
      "matlab",
      "stata",
      "sap",
    ],
  ],
  [
    "glowing graphs of a learning model",
    ["tensorflow", "pytorch", "keras", "scikit learn", "hugging face", "machine learning", "deep learning"],
  ],
  [
    "design sketches on a wide monitor",
    ["figma", "photoshop", "adobe illustrator", "indesign", "Sketch", "adobe xd", "canva", "Blender"],
  ],
  [
    "technical drawings and parts in 3D",
    ["autocad", "solidworks", "revit", "catia", "fusion 360", "sketchup"],
  ],
  ["a timeline in a dim editing room", ["premiere pro", "after effects", "final cut", "davinci resolve"]],
  ["a friendly call with a customer", ["salesforce", "hubspot", "zendesk", "intercom", "pipedrive"]],
  ["a wall of planning notes", ["jira", "trello", "asana", "ms project", "scrum", "kanban"]],
];

/** Also an English word: only a capital letter makes it the tool. */
export const toolsInCapitals: ReadonlySet<string> = new Set(
  byLook.flatMap(([, tools]) =>
    tools.filter((tool) => /^[A-Z]/.test(tool)).map((tool) => tool.toLowerCase()),
  ),
);

export const toolLooks: readonly (readonly [phrase: string, look: string])[] = byLook.flatMap(
  ([look, tools]) => tools.map((tool) => [tool, look] as const),
);

const skills: readonly (readonly [look: string, phrases: readonly string[]])[] = [
  ["a small team around one table", ["leadership", "team lead", "teamwork", "collaboration", "team player"]],
  [
    "a speaker in front of an audience",
    ["public speaking", "presentation skills", "presentations", "keynotes"],
  ],
  [
    "a handshake across a table",
    ["negotiation", "negotiating", "stakeholder management", "account management"],
  ],
  ["a mentor beside a younger colleague", ["mentoring", "coaching", "mentorship", "training of staff"]],
  ["a wall of planning notes", ["project management", "agile", "product management", "planning"]],
  ["a friendly talk with a customer", ["customer service", "customer support", "client relations"]],
  [
    "hands on a keyboard",
    ["programming", "coding", "software development", "copywriting", "content writing"],
  ],
  ["notes and papers in warm light", ["research", "academic writing", "literature review", "data analysis"]],
  [
    "quick sketches on paper",
    ["sketching", "graphic design", "product design", "prototyping", "wireframing"],
  ],
  ["careful hands with a patient", ["patient care", "first aid", "nursing care", "wound care"]],
];

export const skillLooks: readonly (readonly [phrase: string, look: string])[] = skills.flatMap(
  ([look, phrases]) => phrases.map((phrase) => [phrase, look] as const),
);
