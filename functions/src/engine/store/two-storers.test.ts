import { expect, it } from "@jest/globals";
import { expectSettled } from "../../../test/engine/settled.js";
import { createWorld } from "../../../test/engine/world.js";
import { DownloadError } from "../ports/downloads.js";
import { storeVideo } from "./store-video.js";

it("three storers of one finished file make one video and one charge, and warn of nothing", async () => {
  const world = createWorld();
  for (let count = 0; count < 100; count += 1)
    world.downloadErrors.push(new DownloadError("unreachable", "made so"));
  const { id } = await world.submit();
  await world.run(300);
  const { status, attempts } = await world.job(id);
  expect(status).toBe("storing");
  world.downloadErrors.length = 0;
  const before = world.log.lines.length;
  await Promise.all([storeVideo(world.deps, id), storeVideo(world.deps, id), storeVideo(world.deps, id)]);
  const [attempt] = attempts;
  expect(await world.job(id)).toMatchObject({
    status: "completed",
    attempts: [{ storeTries: attempt?.storeTries }],
  });
  const lines = JSON.stringify(world.log.lines.slice(before));
  expect(lines).not.toMatch(/output\.rejected|thumbnail\.failed/);
  await world.run(600);
  await expectSettled(world);
});
