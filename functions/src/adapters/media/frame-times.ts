/** When the frames of a file are shown, in seconds of the file's own clock and in their order. */
export interface FrameTimes {
  readonly startsSeconds: readonly number[];
  /** When the last one is over. */
  readonly endSeconds: number;
  /** Does the file hold frames that are not shown, because its edit list leaves them out? */
  readonly hasHidden: boolean;
}

/** For ffmpeg to list the packets of the picture, as it reads them itself, without decoding one. */
export function listPackets(input: readonly string[]): string[] {
  return ["-loglevel", "error", ...input, "-map", "0:v:0", "-c", "copy", "-f", "framecrc", "-"];
}

/** The flag of a packet whose frame is decoded and not shown. */
const discard = 0x4;

/** Reads such a list: `0, dts, pts, duration, size, crc, F=0x…`, in units that its head names. */
export function toFrameTimes(list: string): FrameTimes {
  const [, numerator, denominator] = /^#tb 0: (\d+)\/(\d+)$/m.exec(list) ?? [];
  const unit = Number(numerator) / Number(denominator);
  const packets = list
    .split("\n")
    .filter((line) => line.startsWith("0,"))
    .map((line) => {
      const [, , pts = "", duration = ""] = line.split(",");
      const flags = Number(/F=(0x[0-9A-F]+)/i.exec(line)?.[1] ?? 0);
      return { start: Number(pts) * unit, end: (Number(pts) + Number(duration)) * unit, flags };
    });
  const shown = packets.filter(({ flags }) => (flags & discard) === 0);
  if (shown.length === 0 || !shown.every(({ end }) => Number.isFinite(end))) {
    throw new Error("ffmpeg lists no frame of the picture");
  }
  return {
    startsSeconds: shown.map(({ start }) => start).sort((one, other) => one - other),
    endSeconds: shown.reduce((last, { end }) => Math.max(last, end), Number.NEGATIVE_INFINITY),
    hasHidden: shown.length < packets.length,
  };
}
