import type { Profile } from "../../profile/catalogue.ts";
import { answer, type HttpAnswer, JSON_TYPE } from "../http.ts";
import type { MemberFacts } from "./member-facts.ts";

/** `/version` (etcdhttp/version.go). */
export function versionPage(facts: MemberFacts, { statusTellsStorage }: Profile): HttpAnswer {
  const { serverVersion, clusterVersion, storageVersion } = facts;
  const versions = {
    etcdserver: serverVersion,
    etcdcluster: clusterVersion || "not_decided",
    ...(statusTellsStorage ? { storage: storageVersion || "unknown" } : {}),
  };
  return answer(200, [JSON_TYPE], JSON.stringify(versions));
}
