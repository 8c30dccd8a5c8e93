import { posix } from "node:path";
import { describe, it } from "@jest/globals";
import fc from "fast-check";
import { jobFiles, pictureFile } from "../engine/store/job-files.js";
import { batchIdOf } from "./batch/batch.js";
import { hashIdOf } from "./hash.js";
import { parseScene } from "./request/scene.js";
import { stillOf } from "./selection/scene-parts.js";
import { isDocumentId, uidAsDocumentId, uidAsSegment, uidOfDocument } from "./uid.js";

const strange = [
  "/",
  "..",
  ".",
  "",
  "~",
  "~YQ",
  "a/b",
  "../bob",
  "__x__",
  "a b",
  "ä",
  "a:b",
  "%2F",
  "\ud800",
  "\udc00",
];
const uid = fc.oneof(
  fc.string({ unit: "binary", maxLength: 128 }),
  fc.string({ maxLength: 8 }),
  fc.constantFrom(...strange),
  fc.array(fc.constantFrom("a", ":", "/", ".", "~", "_"), { maxLength: 6 }).map((parts) => parts.join("")),
);
const id = "0123456789abcdef01234567";
const stillRequest = stillOf(parseScene({ scene: { imagePrompt: "A boat", visualPrompt: "It sails" } }));

describe("any user id", () => {
  it("keeps all files of its owner in one folder, which is nobody else's", () => {
    fc.assert(
      fc.property(uid, uid, (one, other) => {
        const pictures = [stillRequest, { ...stillRequest, imageAccess: "private" } as const].map((request) =>
          pictureFile({ uid: one, id, request }, "png"),
        );
        const paths = [...Object.values(jobFiles({ uid: one, id })), ...pictures];
        for (const path of paths) {
          const [kind, owner, name, ...more] = path.split("/");
          if (more.length > 0 || owner !== uidAsSegment(one) || name?.startsWith(id) !== true) return false;
          if (posix.normalize(path) !== path || !["videos", "images"].includes(kind ?? "")) return false;
        }
        return one === other || uidAsSegment(one) !== uidAsSegment(other);
      }),
      { numRuns: 2_000 },
    );
  });

  it("names one document, which is nobody else's, and is read back from it", () => {
    fc.assert(
      fc.property(uid, uid, (one, other) => {
        const name = uidAsDocumentId(one);
        if (!isDocumentId(name) || uidOfDocument(name) !== one || Buffer.byteLength(name) > 1_500)
          return false;
        return one === other || name !== uidAsDocumentId(other);
      }),
      { numRuns: 2_000 },
    );
  });

  it("gives with a requestId an id that no other pair has", () => {
    const requestId = fc
      .array(fc.constantFrom("a", "b", ":", "-"), { maxLength: 6 })
      .map((parts) => parts.join(""));
    const pair = fc.tuple(uid, requestId);
    fc.assert(
      fc.property(pair, pair, fc.nat(6), (one, other, cut) => {
        // The same texts, cut at another place: joined by a colon they are equal.
        const joined = one.join(":").split(":");
        const moved = [joined.slice(0, cut).join(":"), joined.slice(cut).join(":")] as const;
        return [other, moved].every((pair) => {
          const isSame = pair[0] === one[0] && pair[1] === one[1];
          const ids = [one, pair].map(([uid, requestId]) => hashIdOf("job", uid ?? "", requestId ?? ""));
          const batchIds = [one, pair].map(([uid, requestId]) => batchIdOf(uid ?? "", requestId ?? ""));
          return (ids[0] === ids[1]) === isSame && (batchIds[0] === batchIds[1]) === isSame;
        });
      }),
      { numRuns: 2_000 },
    );
  });
});
