import { type CANCEL_SYMBOL, cancel, confirm, intro, isCancel, log, note, outro, password, text } from '@clack/prompts'
import { ConfigError, loadConfig } from '../config.ts'
import { type Question, questions } from './setup-questions.ts'

type Values = Record<string, string>

/** What the set-up needs of whoever sits in front of it; nobody, perhaps. */
export interface Host {
  say(text: string): void
  /** Whether to go on. */
  agrees(question: string): Promise<boolean>
  /** The values to write, of those that are known. */
  values(known: Values): Promise<Values>
  end(text: string): void
}

/** Asks in the terminal, one variable after the other. */
export function terminalHost(): Host {
  return {
    say: (line) => log.message(line),
    agrees: async (message) => answered(await confirm({ message })),
    async values(known) {
      intro('first-paid-user: set-up')
      note(
        'Each answer may stay empty: development has something of its own for it.\nNothing is written before the end.',
      )
      const values: Values = {}
      for (const question of questions) {
        const value = await ask(question, known[question.name] ?? '')
        if (value !== '' || known[question.name]) values[question.name] = value
      }
      return { ...known, ...values }
    },
    end: (line) => outro(line),
  }
}

/** Nobody to ask: what is given is taken, and everything else is agreed. */
export function silentHost(): Host {
  return {
    say: (line) => console.log(line),
    agrees: async () => true,
    values: async (known) => known,
    end: (line) => console.log(line),
  }
}

async function ask({ name, ask: message, where, example, isSecret }: Question, known: string): Promise<string> {
  log.info(`${name}\n${where}`)
  const validate = (value = '') => problemOf(name, value)
  // What is typed here would stand on the screen.
  if (isSecret) {
    const kept = known ? `${message} (empty: the one that is there)` : message
    return answered(await password({ message: kept, validate })) || known
  }
  return (answered(await text({ message, placeholder: example, initialValue: known, validate })) ?? '').trim()
}

function answered<T>(answer: T | typeof CANCEL_SYMBOL): T {
  if (!isCancel(answer)) return answer as T
  cancel('Stopped. What is not said to be written, is not.')
  process.exit(1)
}

function problemOf(name: string, value: string): string | undefined {
  try {
    loadConfig({ [name]: value.trim() })
    return undefined
  } catch (error) {
    if (error instanceof ConfigError) return error.message.replace(`${name} `, 'It ')
    throw error
  }
}
