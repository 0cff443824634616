import { sql } from 'kysely'
import { z } from 'zod'
import type { SignedIn } from '../auth/lucia.ts'
import type { Db, Trx } from '../db/connection.ts'
import { plain } from '../plain-text.ts'

export const NOTE_LENGTH = 2000

/** Fails with 'tooLong'. */
export const NoteForm = z.object({
  note: z
    .string()
    .transform((text) => plain(text).trim())
    .refine((text) => [...text].length <= NOTE_LENGTH, 'tooLong'),
})

/** Of whom a note is: who it is about must be able to read and erase it, so it is an account or an address. */
export interface About {
  userId?: string | undefined
  /** Proved, if there is an account. */
  email?: string | undefined
}

/** What the owner wrote down about somebody. '' when nothing. */
export async function readNote(db: Db | Trx, about: About): Promise<string> {
  return (await notesAbout(db, about)).map(({ body }) => body).join('\n\n')
}

/** Both of the account and of its address: who opens an account just now has not claimed what is under the address. */
function notesAbout(db: Db | Trx, about: About) {
  return db
    .selectFrom('person_notes')
    .select(['body', 'written_at as writtenAt'])
    .where(isAbout(about))
    .orderBy('written_at')
    .execute()
}

/** Puts `text` in the place of what was written before; '' leaves nothing. */
export function writeNote(db: Db, about: About, text: string): Promise<void> {
  return db.transaction().execute(async (trx) => {
    await trx.deleteFrom('person_notes').where(isAbout(about)).execute()
    if (text === '') return
    const { userId, email } = about
    const whose = userId === undefined ? { user_id: null, email: email! } : { user_id: userId, email: null }
    const note = { body: text, written_at: new Date() }
    await trx
      .insertInto('person_notes')
      .values({ ...whose, ...note })
      // The same form sent twice at once.
      .onConflict((conflict) => conflict.column(userId === undefined ? 'email' : 'user_id').doUpdateSet(note))
      .execute()
  })
}

/** What was noted of an address goes on with the account that has just proved it. */
export async function claimNote(db: Db, { id, email }: { id: string; email: string }): Promise<void> {
  await sql`
    with claimed as (delete from person_notes where email = ${email} returning body, written_at)
    insert into person_notes (user_id, body, written_at) select ${id}, body, written_at from claimed
    on conflict (user_id) do update set body = person_notes.body || e'\n\n' || excluded.body`.execute(db)
}

/** For the download of one's own data. */
export async function ownNotes(db: Db, user: SignedIn) {
  return notesAbout(db, aboutUser(user))
}

export async function forgetNotes(trx: Trx, user: SignedIn): Promise<void> {
  await trx
    .deleteFrom('person_notes')
    .where(isAbout(aboutUser(user)))
    .execute()
}

const aboutUser = ({ userId, email, emailVerified }: SignedIn): About => ({
  userId,
  email: emailVerified ? email : undefined,
})

const isAbout = ({ userId, email }: About) => sql<boolean>`(user_id = ${userId ?? null} or email = ${email ?? null})`
