// Makes a passkey, or signs in with one. Without this script, or in a browser that can't, the page does without.
// Every word it says was put on the element by the server (src/auth/passkey-parts.tsx), under the name of the problem.
const PROBLEMS = {
  NotAllowedError: 'cancelled',
  InvalidStateError: 'known',
  SecurityError: 'elsewhere',
  ConstraintError: 'unable',
  NotSupportedError: 'unable',
}

const can = window.PublicKeyCredential?.parseCreationOptionsFromJSON && PublicKeyCredential.prototype.toJSON
for (const place of document.querySelectorAll('[data-passkey]')) if (can) show(place)

function show(place) {
  const button = place.querySelector('button')
  const said = place.querySelector('[role=status]')
  if (place.previousElementSibling?.hasAttribute('data-without')) place.previousElementSibling.hidden = true
  place.hidden = false
  button.addEventListener('click', async () => {
    button.disabled = true
    said.textContent = ''
    try {
      location.assign(await pass(place.dataset))
    } catch (error) {
      said.textContent = place.dataset[error.problem ?? PROBLEMS[error.name]] ?? place.dataset.failed
    }
    button.disabled = false
  })
}

/** Returns the path to go to. */
async function pass({ passkey, path, return: back }) {
  const options = await post(`${path}/options`, {})
  const credential =
    passkey === 'create'
      ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
      : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) })
  const { next } = await post(path, { credential: credential.toJSON(), return: back })
  return next
}

async function post(path, body) {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) })
  const answer = await response.json().catch(() => ({}))
  if (response.ok) return answer
  throw { problem: response.status === 429 ? 'many' : answer.problem }
}
