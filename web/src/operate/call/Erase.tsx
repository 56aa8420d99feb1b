/** Erases a call, once it is said what goes, and confirmed. */
import { useRef, useState } from 'react';
import type { Api } from '../api';
import type { CallStory } from '../types';
import type { Chronicle } from './chronicle';
import { texts } from './texts';

interface Props {
  story: CallStory;
  chronicle: Chronicle;
  api: Api;
  onErased: () => void;
}

type State = 'asking' | 'busy' | 'failed';

export function Erase({ story, chronicle, api, onErased }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [state, setState] = useState<State>('asking');
  const ask = () => {
    setState('asking');
    dialog.current?.showModal();
  };
  const erase = () => {
    setState('busy');
    api.erase(story.call.id).then(
      () => {
        dialog.current?.close();
        onErased();
      },
      () => setState('failed'),
    );
  };
  return (
    <>
      <button type="button" className="button button-danger" onClick={ask}>
        {texts.actions.erase}
      </button>
      <dialog ref={dialog} className="erase" aria-labelledby="erase-heading">
        <h2 id="erase-heading">{texts.erase.heading}</h2>
        <p>{texts.erase.goes}</p>
        <ul>
          {goes(story, chronicle).map((what) => (
            <li key={what}>{what}</li>
          ))}
        </ul>
        <p className="erase-stays">{texts.erase.stays}</p>
        {state === 'failed' && (
          <p className="erase-failed" role="alert">
            {texts.erase.failed}
          </p>
        )}
        <div className="erase-choice">
          <button type="button" className="button" onClick={() => dialog.current?.close()}>
            {texts.erase.not}
          </button>
          <button type="button" className="button button-sure" onClick={erase} disabled={state === 'busy'}>
            {state === 'busy' ? texts.erase.busy : texts.erase.sure}
          </button>
        </div>
      </dialog>
    </>
  );
}

function goes({ recording }: CallStory, { said, tools }: Chronicle): string[] {
  const lanes = recording?.lanes.map((lane) => texts.player.lane[lane].toLowerCase()).join(', ');
  const what = [texts.erase.words(said.length), texts.erase.tools(tools.length)];
  return [...what, ...(lanes ? [texts.erase.recording(lanes)] : []), texts.erase.callbacks];
}
