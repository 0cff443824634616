/** A heading that breaks between its sentences: Chinese has no spaces, and a browser would break inside a word. */
export function Phrases({ text }: { text: string }) {
  return (
    <>
      {text.split(/(?<=[。！？])(?=.)|(?<=[.!?])(?=\s)/u).map((sentence) => (
        <>
          {sentence.startsWith(' ') && ' '}
          <span class="phrase">{sentence.trim()}</span>
        </>
      ))}
    </>
  )
}
