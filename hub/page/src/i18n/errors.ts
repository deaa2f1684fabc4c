/** A refusal in words: the reader's language where the table knows the code, else the hub's own message. */
import type { HubError } from "@/api/client";

import { t } from "./words";

export function errorWords(error: HubError): string {
  switch (error.code) {
    case "no_connection":
      return t("error.no_connection");
    case "wrong_password":
      return t("signIn.wrong");
    case "heic_photo":
      return t("error.heic_photo");
    case "no_picture":
      return t("error.no_picture");
    default:
      return error.message;
  }
}
