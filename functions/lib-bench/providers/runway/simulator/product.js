import { spokenSeconds } from "../../../domain/request.js";
/** Credits per second, as the pricing page of 2026-09-26 has them. */
const perSecond = {
    "gen4.5": () => 12,
    gen4_turbo: () => 5,
    "veo3.1": (audio) => (audio ? 40 : 20),
    "veo3.1_fast": (audio) => (audio ? 15 : 10),
    seedance2: (_audio, pixels) => (pixels > 4_000_000 ? 150 : pixels > 1_500_000 ? 40 : 36),
};
export function productOf(body) {
    if (body.model === "gwm1_avatars")
        return avatarProduct(body);
    const [width = 0, height = 0] = body.ratio.split(":").map(Number);
    if (body.model === "gen4_image" || body.model === "gen4_image_turbo") {
        // The price list speaks of 720p and 1080p images; the short side decides between them.
        const large = Math.min(width, height) > 720;
        const credits = body.model === "gen4_image_turbo" ? 2 : large ? 8 : 5;
        return { model: body.model, medium: "image", width, height, durationSeconds: 0, audio: false, credits };
    }
    const audio = "audio" in body && body.audio;
    // `auto` leaves the length to the vendor, which says nothing about its choice.
    const durationSeconds = body.duration === "auto" ? 5 : body.duration;
    const credits = Math.ceil(perSecond[body.model](audio, width * height) * durationSeconds);
    return { model: body.model, medium: "video", width, height, durationSeconds, audio, credits };
}
function avatarProduct(body) {
    // The length of a voice file is not known without opening it.
    const durationSeconds = body.speech.type === "text" ? spokenSeconds(body.speech.text) : 10;
    // Size and price as seen on the one clip on record (6.7 s, 2 credits, third party, 2026-09-25).
    const credits = Math.max(2, 2 * Math.round(durationSeconds / 6));
    return {
        model: body.model,
        medium: "video",
        width: 1088,
        height: 704,
        durationSeconds,
        audio: true,
        credits,
    };
}
//# sourceMappingURL=product.js.map