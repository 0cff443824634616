import { connectPostgres } from '../src/db/connection.ts'
import { mendRollups, rollUp } from '../src/revenue/rollups.ts'
import { ask } from './postgres.ts'

const TIME_ZONE = 'Asia/Shanghai'

/**
 * Three years of a business with so many payments, evenly spread, and what comes with each: its movement of the balance, a
 * receipt, one event of the last 90 days, a refund for every fiftieth. Every third payer comes again.
 */
export async function generate(url: string, payments: number): Promise<void> {
  const indexes = await ask(
    url,
    `select indexdef, quote_ident(indexname) as name from pg_indexes
     where schemaname = 'public' and tablename = any('{payments,balance_transactions,inbox,mails,refunds}')
       and indexname not in (select conname from pg_constraint)`,
  )
  for (const { name } of indexes.rows) await ask(url, `drop index ${name}`)
  for (const text of TABLES) await ask(url, `set synchronous_commit = off; ${text.replaceAll(':n', String(payments))}`)
  for (const { indexdef } of indexes.rows) await ask(url, indexdef)
  await ask(url, 'vacuum analyze')
  await ask(url, 'checkpoint')
  const { db, close } = connectPostgres(url)
  await rollUp(db, TIME_ZONE)
  await mendRollups(db, TIME_ZONE)
  await close()
}

const AT = `now() - interval '3 years' * (1 - i::float8 / :n) - interval '1 minute'`
const AMOUNT = `(array[660, 660, 1660, 6600, 19900])[1 + i % 5]`
const NUMBER = `lpad(i::text, 12, '0')`
const EVERY = 'from generate_series(1, :n) as i'

const TABLES = [
  `insert into payments (id, kind, status, amount, currency, refunded, description, email, name, message, locale, method,
     session_id, charge_id, balance_transaction_id, livemode, created_at, paid_at)
   select 'pi_g' || ${NUMBER}, (array['tip', 'purchase', 'pass', 'tip', 'request'])[1 + i % 5],
     case when i % 97 = 0 then 'failed' else 'paid' end, ${AMOUNT}, case when i % 10 = 0 then 'usd' else 'cny' end,
     case when i % 50 = 0 then ${AMOUNT} else 0 end, '红包', 'payer' || i % (:n * 2 / 3) || '@example.com',
     case when i % 3 = 0 then '小明' end, case when i % 4 = 0 then '谢谢你，帮大忙了，第 ' || i || ' 次。' end, 'zh-CN',
     (array['card', 'alipay', 'wechat_pay'])[1 + i % 3], 'cs_live_g' || ${NUMBER}, 'ch_g' || ${NUMBER}, 'txn_g' || ${NUMBER},
     true, ${AT}, case when i % 97 <> 0 then ${AT} end ${EVERY}`,
  `insert into balance_transactions (id, type, reporting_category, amount, fee, net, currency, source, payment_id, created_at,
     available_on)
   select 'txn_g' || ${NUMBER}, 'charge', 'charge', ${AMOUNT}, 240, ${AMOUNT} - 240, 'cny', 'ch_g' || ${NUMBER},
     'pi_g' || ${NUMBER}, ${AT}, ${AT} + interval '7 days' ${EVERY} where i % 97 <> 0`,
  `insert into balance_transactions (id, type, reporting_category, amount, fee, net, currency, source, payment_id, created_at,
     available_on)
   select 'txn_r' || ${NUMBER}, 'refund', 'refund', -${AMOUNT}, 0, -${AMOUNT}, 'cny', 're_g' || ${NUMBER}, 'pi_g' || ${NUMBER},
     ${AT} + interval '1 minute', ${AT} ${EVERY} where i % 50 = 0`,
  `insert into refunds (id, payment_id, amount, currency, status, created_at)
   select 're_g' || ${NUMBER}, 'pi_g' || ${NUMBER}, ${AMOUNT}, 'cny', 'succeeded', ${AT} ${EVERY} where i % 50 = 0`,
  `insert into synced (object_id, read_number) select 'pi_g' || ${NUMBER}, i ${EVERY}`,
  `insert into inbox (id, type, object_id, livemode, created_at, received_at, via, payload, applied_at)
   select 'evt_g' || ${NUMBER}, 'charge.updated', 'pi_g' || ${NUMBER}, true, ${AT}, ${AT}, 'webhook', '{}', ${AT} ${EVERY}
   where i > :n * (1 - 90.0 / 1095)`,
  `insert into mails (key, recipient, message, payment_id, created_at, sent_at)
   select 'receipt:pi_g' || ${NUMBER}, 'payer@example.com', '{"template": "receipt"}', 'pi_g' || ${NUMBER}, ${AT}, ${AT} ${EVERY}`,
]
