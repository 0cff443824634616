import type { Db } from '../db/connection.ts'
import { ownQuestions } from './read.ts'

/** What somebody asked here, and what was answered, for a bank to read. */
export async function askedAndAnswered(db: Db, userId: string): Promise<{ at: Date; text: string }[]> {
  const threads = await ownQuestions(db, userId)
  return threads.flatMap(({ title, helped, messages }) => [
    ...messages.map(({ author, body, writtenAt }, index) => ({
      at: writtenAt,
      text: told(author, index, title, body.length),
    })),
    ...(helped && messages.length > 0
      ? [{ at: messages.at(-1)!.writtenAt, text: `Said later that the answer to “${title}” helped` }]
      : []),
  ])
}

function told(author: 'asker' | 'owner', index: number, title: string, length: number): string {
  if (author === 'owner') return `Was answered about “${title}” (${length} characters)`
  return index === 0 ? `Asked “${title}”` : `Asked back about “${title}”`
}
