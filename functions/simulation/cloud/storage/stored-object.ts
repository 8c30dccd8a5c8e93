import { z } from "zod";

const fieldNames = [
  "contentType",
  "cacheControl",
  "contentDisposition",
  "contentEncoding",
  "contentLanguage",
  "customTime",
] as const;
type FieldName = (typeof fieldNames)[number];

const aclSchema = z.array(z.object({ entity: z.string(), role: z.string() }));

/** One object as it is kept in the JSON file beside its bytes. */
export const storedObjectSchema = z.object({
  bucket: z.string(),
  name: z.string(),
  generation: z.number().int(),
  metageneration: z.number().int(),
  /** File with the bytes, in the same directory. */
  file: z.string(),
  size: z.number().int(),
  md5Hash: z.string(),
  crc32c: z.string(),
  timeCreated: z.string(),
  updated: z.string(),
  acl: aclSchema,
  fields: z.partialRecord(z.enum(fieldNames), z.string()),
  metadata: z.record(z.string(), z.string()),
});
export type StoredObject = Readonly<z.output<typeof storedObjectSchema>>;

/** The part of an object resource that uploads, patches and copies may send. */
export const objectResourceSchema = z.object({
  name: z.string().nullish(),
  contentType: z.string().nullish(),
  cacheControl: z.string().nullish(),
  contentDisposition: z.string().nullish(),
  contentEncoding: z.string().nullish(),
  contentLanguage: z.string().nullish(),
  customTime: z.string().nullish(),
  metadata: z.record(z.string(), z.coerce.string().nullable()).nullish(),
  md5Hash: z.string().nullish(),
  crc32c: z.string().nullish(),
  acl: aclSchema.nullish(),
});
export type ObjectResource = z.output<typeof objectResourceSchema>;

export type Described = Pick<StoredObject, "fields" | "metadata" | "acl">;

export const undescribed: Described = { fields: {}, metadata: {}, acl: [] };

/** Lays a resource over a description; `null` takes a field or a metadata key away. */
export function applyResource(
  before: Described,
  resource: ObjectResource,
  predefinedAcl?: string,
): Described {
  const fields: Partial<Record<FieldName, string>> = { ...before.fields };
  for (const name of fieldNames) {
    const value = resource[name];
    if (value === null) delete fields[name];
    else if (value !== undefined) fields[name] = value;
  }
  return {
    fields,
    metadata: resource.metadata === null ? {} : mergeMetadata(before.metadata, resource.metadata ?? {}),
    acl: toAcl(before, resource, predefinedAcl),
  };
}

function mergeMetadata(
  before: Readonly<Record<string, string>>,
  changes: Readonly<Record<string, string | null>>,
): Record<string, string> {
  const merged = Object.entries<string | null>({ ...before, ...changes });
  return Object.fromEntries(merged.filter((entry): entry is [string, string] => entry[1] !== null));
}

function toAcl(before: Described, resource: ObjectResource, predefinedAcl?: string): Described["acl"] {
  if (predefinedAcl === "publicRead") return [{ entity: "allUsers", role: "READER" }];
  if (predefinedAcl !== undefined || resource.acl === null) return [];
  return resource.acl ?? before.acl;
}

export function isPublic(object: Described): boolean {
  return object.acl.some(({ entity }) => entity === "allUsers");
}

/** The object resource of the JSON API; 64-bit numbers are strings there. */
export function toResource(object: StoredObject, origin: string): Record<string, unknown> {
  const path = `b/${object.bucket}/o/${encodeURIComponent(object.name)}`;
  return {
    kind: "storage#object",
    id: `${object.bucket}/${object.name}/${object.generation}`,
    selfLink: `${origin}/storage/v1/${path}`,
    mediaLink: `${origin}/download/storage/v1/${path}?generation=${object.generation}&alt=media`,
    bucket: object.bucket,
    name: object.name,
    generation: String(object.generation),
    metageneration: String(object.metageneration),
    size: String(object.size),
    md5Hash: object.md5Hash,
    crc32c: object.crc32c,
    etag: toEtag(object),
    storageClass: "STANDARD",
    timeCreated: object.timeCreated,
    updated: object.updated,
    ...object.fields,
    ...(Object.keys(object.metadata).length > 0 && { metadata: object.metadata }),
    ...(object.acl.length > 0 && { acl: object.acl }),
  };
}

export function toEtag(object: StoredObject): string {
  return Buffer.from(`${object.generation}/${object.metageneration}`).toString("base64");
}
