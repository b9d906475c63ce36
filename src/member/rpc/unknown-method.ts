import type { ApiError } from "../../api/errors.ts";
import type { ServiceRequest } from "../../api/requests.ts";
import { METHODS } from "../../api/wire/method-table.ts";
import type { Profile } from "../../profile/catalogue.ts";

/** What gRPC answers where the member's release has no such method; null: it has. */
export function unknownMethod(
  { type }: ServiceRequest,
  { authStatusFor, downgrades }: Profile,
): ApiError | null {
  if (type !== "downgrade" && type !== "authStatus") return null;
  if (type === "downgrade" ? downgrades : authStatusFor !== "nobody: no such method") return null;
  const [, service = "", method = ""] = METHODS[type].path.split("/");
  return { code: "Unimplemented", message: `unknown method ${method} for service ${service}` };
}
