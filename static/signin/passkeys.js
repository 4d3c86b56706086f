// Passkeys: asks the device when a form is sent, and sends its answer along. Without it, or without passkeys, other ways stay.

const toBytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (char) => char.charCodeAt(0));

const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");

function readOptions(options) {
  const known = (each) => ({ ...each, id: toBytes(each.id) });
  return {
    ...options,
    challenge: toBytes(options.challenge),
    ...(options.user && { user: { ...options.user, id: toBytes(options.user.id) } }),
    ...(options.excludeCredentials && { excludeCredentials: options.excludeCredentials.map(known) }),
    ...(options.allowCredentials && { allowCredentials: options.allowCredentials.map(known) }),
  };
}

function writeAnswer(credential) {
  const { response } = credential;
  const told = { clientDataJSON: toText(response.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) told[name] = toText(response[name]);
  }
  if (response.getTransports) told.transports = response.getTransports();
  return JSON.stringify({
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    response: told,
    clientExtensionResults: credential.getClientExtensionResults(),
    authenticatorAttachment: credential.authenticatorAttachment ?? null,
  });
}

async function ask(form) {
  const answer = await fetch(form.dataset.options, {
    method: "POST",
    headers: { "X-CSRFToken": form.elements.csrf_token.value },
  });
  if (!answer.ok) throw new Error(`${answer.status}`);
  const publicKey = readOptions(await answer.json());
  const credential =
    form.dataset.passkey === "make"
      ? await navigator.credentials.create({ publicKey })
      : await navigator.credentials.get({ publicKey });
  return writeAnswer(credential);
}

async function send(event) {
  const form = event.target;
  const field = form.elements.answer ?? form.elements.preuve_cle;
  if (field.value || (form.elements.name && !form.elements.name.value.trim())) return;
  event.preventDefault();
  const trouble = form.querySelector("[data-trouble]");
  trouble.hidden = true;
  trouble.textContent = "";
  try {
    field.value = await ask(form);
    form.submit();
  } catch {
    // Also when the person changed their mind: the device does not tell which.
    field.value = "";
    trouble.textContent = trouble.dataset.trouble;
    trouble.hidden = false;
  }
}

if (window.PublicKeyCredential) {
  for (const form of document.querySelectorAll("[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", send);
  }
  for (const note of document.querySelectorAll("[data-no-passkey]")) note.hidden = true;
}
