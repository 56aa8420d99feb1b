/** What *Now* shows, and how it changes. Each call has a place and keeps it while others come and go. */
import type { LineMap, Now, Tile, Today, Worker } from '../types';

/** A caller who has just gone from one agent to another. */
export interface Move {
  line: string;
  from: string;
  to: string;
  /** Another one for each move. */
  key: string;
}

export interface Board {
  /** Null is a place whose call is over; the next call takes the first of them. */
  places: readonly (Tile | null)[];
  /** So many calls that their tiles have to be small. */
  dense: boolean;
  workers: readonly Worker[];
  today: Today;
  lines: readonly LineMap[];
  moves: readonly Move[];
}

/** With so many places or fewer nobody has to move up. */
const ROOM = 12;
/** From `MANY` places on tiles are small, until there are no more than `FEW`: they do not flutter in between. */
const MANY = 13;
const FEW = 8;

/** All anew, as after a reconnect; calls that are known keep their places. */
export function boardOf(now: Now, before?: Board): Board {
  const running = new Map(now.calls.filter(({ ended_at }) => ended_at === null).map((tile) => [tile.id, tile]));
  const kept = (before?.places ?? []).map((tile) => (tile && running.get(tile.id)) ?? null);
  const fresh = [...running.values()].filter(({ id }) => !kept.some((tile) => tile?.id === id));
  const oldestFirst = fresh.sort((one, other) => one.started_at.localeCompare(other.started_at));
  const { workers, today, lines } = now;
  return seating({ places: kept, dense: before?.dense ?? false, workers, today, lines, moves: [] }, oldestFirst.reduce(seated, kept));
}

/** What became of a call. News that are older than what is shown are dropped. */
export function withTile(board: Board, tile: Tile): Board {
  const place = board.places.findIndex((one) => one?.id === tile.id);
  const before = board.places[place];
  if (!before) return tile.ended_at === null ? seating(board, seated(board.places, tile)) : board;
  if (tile.seq < before.seq) return board;
  return { ...board, places: board.places.with(place, tile), moves: movesWith(board.moves, before, tile) };
}

/** The call leaves its place, some time after its end. */
export function without(board: Board, id: string): Board {
  return seating(
    board,
    board.places.map((tile) => (tile?.id === id ? null : tile)),
  );
}

export function running(board: Board): Tile[] {
  return board.places.filter((tile) => tile !== null).filter(({ ended_at }) => ended_at === null);
}

/** How many of a line's callers each agent has. */
export function callersOf(board: Board, line: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { agent } of running(board).filter((tile) => tile.line === line)) {
    if (agent !== null) counts.set(agent, (counts.get(agent) ?? 0) + 1);
  }
  return counts;
}

function seating(board: Board, wanted: readonly (Tile | null)[]): Board {
  const places = moveUp(wanted);
  return { ...board, places, dense: places.length >= (board.dense ? FEW + 1 : MANY) };
}

function seated(places: readonly (Tile | null)[], tile: Tile): (Tile | null)[] {
  const free = places.indexOf(null);
  return free < 0 ? [...places, tile] : places.with(free, tile);
}

/** After a rush, calls are not left far down among empty places: at most half of the places are empty. */
function moveUp(places: readonly (Tile | null)[]): (Tile | null)[] {
  const taken = places.filter((tile) => tile !== null);
  const room = Math.max(ROOM, 2 * taken.length);
  const late = places.slice(room).filter((tile) => tile !== null);
  const moved = late.reduce<(Tile | null)[]>(seated, places.slice(0, room));
  return moved.slice(0, moved.findLastIndex((tile) => tile !== null) + 1);
}

/** The last move of each line: it is what its picture shows. */
function movesWith(moves: readonly Move[], before: Tile, { agent, id, line, seq }: Tile): readonly Move[] {
  if (before.agent === null || agent === null || before.agent === agent) return moves;
  return [...moves.filter((move) => move.line !== line), { line, from: before.agent, to: agent, key: `${id} ${seq}` }];
}
