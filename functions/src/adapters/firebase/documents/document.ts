import {
  type DocumentData,
  type DocumentReference,
  type DocumentSnapshot,
  FieldValue,
  type Firestore,
  type FirestoreDataConverter,
  type Query,
  type Timestamp,
  type WriteBatch,
} from "firebase-admin/firestore";
import { z } from "zod";

/** A schema for each field of a type: to forget one, or to name one that is not there, is a type error. */
export type Fields<Type> = { readonly [Field in keyof Type]-?: z.ZodType<Type[Field]> };

/**
 * Reads and writes the documents of one collection. Only what `written` names reaches Firestore, so a
 * field that is added to the domain stays private until somebody lists it. What is read may hold more,
 * from a newer version, or less, from an older one: defaults fill it in.
 */
export function converterOf<Model extends DocumentData>(
  written: z.ZodType<DocumentData>,
  read: z.ZodType<Model>,
): FirestoreDataConverter<Model> {
  return {
    toFirestore: (model) => written.parse(model),
    fromFirestore: (snapshot) => read.parse(snapshot.data()),
  };
}

/**
 * Replaces the fields of a document that is still as it was read. Firestore's own `update` passes the
 * converter by, and its `set` takes no precondition.
 */
export function replace<Model extends DocumentData>(
  batch: WriteBatch,
  document: DocumentReference<Model>,
  converter: FirestoreDataConverter<Model>,
  model: Model,
  lastUpdateTime: Timestamp,
): void {
  batch.update(document, converter.toFirestore(model), { lastUpdateTime });
}

/** Documents of one kind in one round. The client's own types forget which kind it was. */
export async function readAll<Model extends DocumentData>(
  db: Firestore,
  documents: readonly DocumentReference<Model>[],
): Promise<DocumentSnapshot<Model>[]> {
  if (documents.length === 0) return [];
  return (await db.getAll(...documents)) as DocumentSnapshot<Model>[];
}

/** The same query for some of the fields only. Its documents are for reading. */
export function project<Shape extends z.ZodRawShape>(
  query: Query,
  fields: z.ZodObject<Shape>,
): Query<z.output<z.ZodObject<Shape>>> {
  return query.select(...Object.keys(fields.shape)).withConverter({
    toFirestore: (): DocumentData => {
      throw new Error("some of the fields are no document");
    },
    fromFirestore: (snapshot) => fields.parse(snapshot.data()),
  });
}

/** A tree that the domain wrote itself and that would be slow to look through at every read. */
export function opaque<Type extends object>() {
  return z.custom<Type>((value) => typeof value === "object" && value !== null);
}

/** A word of a set that the domain knows; it may be one that only an older version used. */
export function word<Type extends string>() {
  return z.custom<Type>((value) => typeof value === "string");
}

/** A number, or what is to be added to it. */
export const counter = z.union([z.number(), z.custom<FieldValue>((value) => value instanceof FieldValue)]);
