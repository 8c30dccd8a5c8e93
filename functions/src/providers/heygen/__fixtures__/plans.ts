import type { GenerationPlan } from "../../../domain/provider/provider.js";

export const avatarPlan: GenerationPlan = {
  model: "heygen:avatar_iv",
  mode: "avatar",
  text: "Hello, I am Dana and I build data platforms.",
  size: { ratio: "16:9", resolution: "1080p", width: 1920, height: 1080 },
  durationSeconds: 3,
  audio: true,
};

export const photoPlan: GenerationPlan = {
  model: "heygen:photo_avatar_iv",
  mode: "photo",
  text: "Short intro.",
  image: "https://files.example.test/face.jpg",
  size: { ratio: "9:16", resolution: "720p", width: 720, height: 1280 },
  durationSeconds: 1,
  audio: true,
};
