import type { GenerationPlan } from "../../../domain/provider/provider.js";
import { size } from "../../../domain/provider/resolution.js";

/** The plans whose bodies stand in `vectors.jsonl`, by the id of their line. */
export const vectorPlans = {
  R1: {
    model: "runway:gen4.5",
    mode: "text",
    text: "Slow dolly through a sunlit office, soft light",
    size: size("16:9", "720p", 1280, 720),
    durationSeconds: 5,
    audio: false,
    seed: 4242,
  },
  R2: {
    model: "runway:veo3.1_fast",
    mode: "text",
    text: "A paper boat on a river at dawn",
    size: size("9:16", "1080p", 1080, 1920),
    durationSeconds: 6,
    audio: true,
  },
  R3: {
    model: "runway:gen4_turbo",
    mode: "image",
    text: "The camera rises above the city",
    image: "https://files.example.test/scene1.png",
    size: size("21:9", "720p", 1584, 672),
    durationSeconds: 10,
    audio: false,
  },
  R4: {
    model: "runway:veo3.1_fast",
    mode: "frames",
    text: "The seed grows into a tree",
    firstFrame: "https://files.example.test/a.png",
    lastFrame: "https://files.example.test/b.png",
    size: size("9:16", "1080p", 1080, 1920),
    durationSeconds: 8,
    audio: false,
  },
  R9: {
    model: "runway:gen4_image",
    mode: "still",
    text: "@hero standing in a library, golden hour",
    references: [{ url: "https://files.example.test/hero.jpg", tag: "hero" }],
    size: size("16:9", "1080p", 1920, 1080),
    durationSeconds: 0,
    audio: false,
    seed: 7,
  },
  R10: {
    model: "runway:gen4_image_turbo",
    mode: "still",
    text: "@room at night",
    references: [{ url: "https://files.example.test/room.jpg", tag: "room" }],
    size: size("16:9", "720p", 1280, 720),
    durationSeconds: 0,
    audio: false,
  },
  R11: {
    model: "runway:gwm1_avatars",
    mode: "avatar",
    text: "Hello, here is my profile.",
    size: size("16:9", "720p", 1088, 704),
    durationSeconds: 2,
    audio: true,
  },
} as const satisfies Record<string, GenerationPlan>;
