import { describe, expect, it } from "@jest/globals";
import { bufferReader } from "../../../src/adapters/media/media-reader.js";
import { checkMp4 } from "../../../src/adapters/media/mp4-check.js";
import { largeMp4 } from "./large-mp4.js";
import { output } from "./output.js";

describe("the output bench", () => {
  it.each([100_000, 20_000_000])(
    "makes up a file of %d bytes that passes the same check as any other",
    async (size) => {
      const file = largeMp4(size);
      const content = Buffer.concat([...file.content()]);
      expect(content).toHaveLength(file.bytes);
      expect(Math.abs(content.length - size)).toBeLessThan(80_000);
      const { durationSeconds } = file;
      expect(await checkMp4(bufferReader(content))).toMatchObject({
        ok: true,
        facts: { width: 640, height: 360, durationSeconds, codec: "avc1", hasAudio: false },
      });
      expect(await checkMp4(bufferReader(content.subarray(0, -1)))).toMatchObject({ defect: "truncated" });
    },
  );

  it("runs both forms in processes of their own and reports what they took", async () => {
    const result = await output.run({ seed: 1, quick: true, megabytes: 12 });
    expect(result.mb).toBe(12);
    for (const form of [result.ours, result.whole]) {
      expect(form.mbPerSecond).toBeGreaterThan(0);
      expect(form.baselineMb).toBeGreaterThan(20);
      expect(form.peakMb).toBeGreaterThanOrEqual(0);
    }
    expect(output.table(result)).toContain("whole in memory");
  }, 180_000);
});
