import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { createColumnHelper, flexRender, getCoreRowModel, useReactTable } from "@tanstack/react-table";
import { type FormEvent, useState } from "react";
import type { CallState, SessionItem, VoiceClient } from "voice-client";
import { Button } from "../../ui/controls.tsx";
import { Icon } from "../../ui/icons.tsx";
import { Title } from "../../ui/Title.tsx";
import { clock, moment } from "../../words/times.ts";
import { Failed, Loading, Panel, StateChip } from "../parts.tsx";
import { addressOf, type Filters, type Route } from "../route.ts";
import { partiesOf, TYPES } from "../words.ts";

const PAGE_SIZE = 25;

export interface HistoryViewProps {
  client: VoiceClient;
  route: Route;
  go: (to: Partial<Route>) => void;
}

export function HistoryView({ client, route, go }: HistoryViewProps) {
  const { data, error, isPlaceholderData } = useQuery({
    queryKey: ["history", route],
    queryFn: ({ signal }) => client.sessions.list(queryOf(route), { signal }),
    placeholderData: keepPreviousData,
    staleTime: 0,
  });
  const show = (filters: Partial<Filters>) => go({ ...route, page: 0, ...filters });
  return (
    <div className="space-y-5">
      <Title className="sr-only">History</Title>
      <FilterBar key={JSON.stringify(route)} route={route} onChange={show} />
      {error && <Failed error={error} />}
      {!data && !error && <Loading />}
      {data && (
        <Panel
          title={data.total === 1 ? "1 call" : `${data.total.toLocaleString()} calls`}
          className={`overflow-x-auto transition-opacity ${isPlaceholderData ? "opacity-60" : ""}`}
          action={<Pages page={route.page} total={data.total} onPage={(page) => show({ page })} />}
        >
          <CallTable sessions={data.sessions} go={go} />
        </Panel>
      )}
    </div>
  );
}

function queryOf({ q, status, userId, from, to, page }: Route) {
  return {
    listAll: true,
    limit: PAGE_SIZE,
    offset: page * PAGE_SIZE,
    ...(q ? { q } : {}),
    ...(status ? { status: status as CallState } : {}),
    ...(userId ? { userId } : {}),
    ...(from ? { from: new Date(`${from}T00:00`).toISOString() } : {}),
    ...(to ? { to: new Date(`${to}T23:59:59.999`).toISOString() } : {}),
  };
}

const column = createColumnHelper<SessionItem>();

const COLUMNS = [
  column.accessor("createdAt", {
    header: "When",
    cell: (cell) => <span className="whitespace-nowrap text-muted">{moment(cell.getValue(), new Date())}</span>,
  }),
  column.display({ id: "who", header: "Who", cell: ({ row }) => partiesOf(row.original) }),
  column.accessor("callType", {
    header: "Kind",
    cell: (cell) => <span className="whitespace-nowrap text-muted">{TYPES[cell.getValue()]}</span>,
  }),
  column.accessor("duration", {
    header: "Length",
    cell: (cell) => <span className="tabular-nums">{clock(cell.getValue())}</span>,
  }),
  column.accessor("status", {
    header: "Result",
    cell: ({ row }) => <StateChip status={row.original.status} reason={row.original.endReason} />,
  }),
  column.display({ id: "kept", header: "Kept", cell: ({ row }) => <Kept session={row.original} /> }),
];

function CallTable({ sessions, go }: { sessions: SessionItem[]; go: (to: Partial<Route>) => void }) {
  const table = useReactTable({
    data: sessions,
    columns: COLUMNS,
    getCoreRowModel: getCoreRowModel(),
    getRowId: (session) => session.callId,
  });
  if (sessions.length === 0) return <p className="py-10 text-center text-sm text-muted">Nothing was found.</p>;
  return (
    <table className="w-full text-sm">
      <thead>
        {table.getHeaderGroups().map((group) => (
          <tr key={group.id} className="border-b border-line text-left text-muted *:py-2 *:pr-4 *:font-normal">
            {group.headers.map((header) => (
              <th key={header.id}>{flexRender(header.column.columnDef.header, header.getContext())}</th>
            ))}
          </tr>
        ))}
      </thead>
      <tbody>
        {table.getRowModel().rows.map((row) => (
          <tr key={row.id} className="border-b border-line/60 last:border-0 *:py-2.5 *:pr-4">
            {row.getVisibleCells().map((cell) => (
              <td key={cell.id} className="max-w-72 truncate">
                {cell.column.id === "who" ? (
                  <CallLink callId={row.id} go={go}>
                    {partiesOf(row.original)}
                  </CallLink>
                ) : (
                  flexRender(cell.column.columnDef.cell, cell.getContext())
                )}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function CallLink({ callId, go, children }: { callId: string; go: (to: Partial<Route>) => void; children: string }) {
  return (
    <a
      href={addressOf({ view: "history", callId })}
      className="font-medium underline-offset-4 hover:underline"
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey) return;
        event.preventDefault();
        go({ view: "history", callId });
      }}
    >
      {children}
    </a>
  );
}

function Kept({ session }: { session: SessionItem }) {
  const kept = [session.hasTranscript && "words", session.hasRecording && "recording"].filter(Boolean);
  return <span className="whitespace-nowrap text-muted">{kept.join(", ") || "—"}</span>;
}

function Pages({ page, total, onPage }: { page: number; total: number; onPage: (page: number) => void }) {
  const last = Math.max(0, Math.ceil(total / PAGE_SIZE) - 1);
  if (last === 0) return null;
  return (
    <div className="flex items-center gap-2 text-sm text-muted">
      <Button tone="quiet" className="min-h-9 px-3" disabled={page === 0} onClick={() => onPage(page - 1)}>
        Newer
      </Button>
      <span className="tabular-nums">
        {page + 1} of {last + 1}
      </span>
      <Button tone="quiet" className="min-h-9 px-3" disabled={page >= last} onClick={() => onPage(page + 1)}>
        Older
      </Button>
    </div>
  );
}

const STATES: CallState[] = ["connected", "ringing", "completed", "missed", "failed"];
const BOX = "min-h-10 rounded-xl border border-line bg-surface px-3 text-sm text-ink placeholder:text-muted";

function FilterBar({ route, onChange }: { route: Route; onChange: (filters: Partial<Filters>) => void }) {
  const [q, setQ] = useState(route.q);
  const [userId, setUserId] = useState(route.userId);
  function submit(event: FormEvent) {
    event.preventDefault();
    onChange({ q: q.trim(), userId: userId.trim() });
  }
  return (
    <search>
      <form onSubmit={submit} className="flex flex-wrap gap-2.5">
        <div className="relative min-w-60 flex-1">
          <Icon name="search" className="absolute top-1/2 left-3 size-4 -translate-y-1/2 text-muted" />
          <input
            type="search"
            aria-label="Words that were said"
            placeholder="Words that were said"
            value={q}
            onChange={(event) => setQ(event.target.value)}
            className={`${BOX} h-full w-full pl-9`}
          />
        </div>
        <input
          aria-label="User id"
          placeholder="User id"
          value={userId}
          onChange={(event) => setUserId(event.target.value)}
          className={`${BOX} w-36`}
        />
        <select
          aria-label="State"
          value={route.status}
          onChange={(event) => onChange({ status: event.target.value })}
          className={BOX}
        >
          <option value="">Any state</option>
          {STATES.map((state) => (
            <option key={state}>{state}</option>
          ))}
        </select>
        <DateBox label="From" value={route.from} onChange={(from) => onChange({ from })} />
        <DateBox label="Until" value={route.to} onChange={(to) => onChange({ to })} />
        <Button type="submit" tone="primary" className="min-h-10">
          Search
        </Button>
      </form>
    </search>
  );
}

function DateBox({ label, value, onChange }: { label: string; value: string; onChange: (value: string) => void }) {
  return (
    <input
      type="date"
      aria-label={label}
      title={label}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      className={BOX}
    />
  );
}
