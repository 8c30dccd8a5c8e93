/** Who changed what, for those who have to explain it later. Only ever added to. */
export interface AuditLog {
  write(line: AuditLine): Promise<void>;
}

export interface AuditLine {
  readonly at: number;
  /** The administrator's uid. */
  readonly actor: string;
  /** For example `policy.published`. */
  readonly action: string;
  /** What was changed: an id or a version. */
  readonly target: string;
  readonly details: AuditDetails;
}

export type AuditDetails = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;
