/** Who did something, as the hub names them: a person by name, a machine by how it comes in, such as `token:Sensors/se_0a1b2c3d`. */
import { ownName, t } from "@/i18n/words";

/** How a machine comes in, and what it is called; of a token without its prefix. */
const MACHINE = /^(token|open311|platform):(.+?)(?:\/se_[0-9a-f]+)?$/;
const RESIDENTS = "open311:residents";

/** A person's name as it is; of a machine, what it is and what it is called. */
export function whoWords(actor: string): string {
  if (actor === RESIDENTS) {
    return t("actor.residents");
  }
  const found = MACHINE.exec(actor);
  return found === null ? ownName(actor) : t(found[1] === "platform" ? "actor.platform" : "actor.system", { name: found[2] ?? "" });
}
