import type { Storage } from "firebase-admin/storage";

export type Bucket = ReturnType<Storage["bucket"]>;

export interface BucketOptions {
  readonly bucketName: string;
  /** Instead of the bucket of the default app. */
  readonly bucket?: Bucket;
}

/** The client is loaded with the first file. */
export async function openBucket({ bucketName, bucket }: BucketOptions): Promise<Bucket> {
  if (bucket !== undefined) return bucket;
  const { getStorage } = await import("firebase-admin/storage");
  return getStorage().bucket(bucketName);
}
