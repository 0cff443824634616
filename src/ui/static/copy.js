// Copies what stands beside it. Without this script, or in a browser that can't, there is no button: it is selected by hand.
// Both words of the button were put there by the server.
for (const button of document.querySelectorAll('[data-copy]')) {
  if (!navigator.clipboard) continue
  button.hidden = false
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(button.dataset.copy)
    button.textContent = button.dataset.copied
  })
}
