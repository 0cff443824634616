import { Problem, SubmitButton, TextArea } from '../ui/form.tsx'
import type { Locale } from '../ui/i18n.ts'
import { NOTE_LENGTH } from './notes.ts'
import { hrefOf } from './person.ts'
import type { PersonPageProps } from './person-page.tsx'
import { words } from './words.ts'

interface NoteSectionProps {
  locale: Locale
  id: string
  isGuest: boolean
  note: NonNullable<PersonPageProps['note']>
}

/** What the owner wrote down about somebody, to change. */
export function NoteSection({ locale, id, isGuest, note }: NoteSectionProps) {
  const t = words[locale]
  return (
    <section>
      <form method="post" action={`${hrefOf(id)}/note`} novalidate>
        <Problem locale={locale} problems={note.problem ? [{ field: 'note', text: note.problem }] : []} />
        <TextArea
          label={t.note}
          name="note"
          value={note.text}
          hint={t.noteHint}
          error={note.problem}
          rows={3}
          maxLength={NOTE_LENGTH}
        />
        <SubmitButton kind="quiet">{t.keep}</SubmitButton>
        <p class="small muted">{isGuest ? t.noteOfGuest : t.noteOfAccount}</p>
      </form>
    </section>
  )
}
