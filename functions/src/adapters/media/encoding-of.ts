import { open } from "node:fs/promises";
import { withMediaInput } from "./media-input.js";

/**
 * How the tracks of a local file are encoded, as a text. Two files with the same text can follow
 * each other in one file as they are: the decoder needs to be told nothing new in between.
 */
export async function encodingOf(localPath: string): Promise<string> {
  const file = await open(localPath);
  try {
    const { size } = await file.stat();
    const reader = {
      size,
      async read(offset: number, length: number) {
        const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, offset);
        return buffer.subarray(0, bytesRead);
      },
    };
    return await withMediaInput(reader, async (input) => {
      const video = await (await input.getPrimaryVideoTrack())?.getDecoderConfig();
      const audio = await (await input.getPrimaryAudioTrack())?.getDecoderConfig();
      const { codedWidth, codedHeight } = video ?? {};
      return JSON.stringify([
        [video?.codec, codedWidth, codedHeight, hex(video?.description)],
        [audio?.codec, audio?.sampleRate, audio?.numberOfChannels, hex(audio?.description)],
      ]);
    });
  } finally {
    await file.close();
  }
}

function hex(bytes: ArrayBufferLike | ArrayBufferView | undefined): string {
  if (bytes === undefined) return "";
  const view = ArrayBuffer.isView(bytes)
    ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    : new Uint8Array(bytes);
  return Buffer.from(view).toString("hex");
}
