// Shows the dashboard anew when the books have changed. Without this script one loads the page again.
const live = new EventSource('/dashboard/live')
let isLoading = false

live.addEventListener('books', async () => {
  if (isLoading) return
  isLoading = true
  try {
    const answer = await fetch(location.href, { headers: { accept: 'text/html' } })
    // Signed out by now: what is there stays.
    if (!answer.ok || answer.redirected) return live.close()
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
    document.querySelector('main').replaceWith(page.querySelector('main'))
  } catch {
    // The next event tries again.
  } finally {
    isLoading = false
  }
})
