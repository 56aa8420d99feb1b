/** Every word that the page has of its own. What is a line's comes with it (call/line.ts). */

/** A step of the conversation. */
export interface Doing {
  running: string;
  done: string;
  failed: string;
}

export interface Notice {
  title: string;
  text: string;
}

export const texts = {
  title: (brand: string) => `Talk to ${brand}`,
  skip: 'Skip to the call',

  start: {
    title: 'How can we help?',
    call: 'Call us now',
    type: 'Type instead',
    assistant: 'An automated assistant answers.',
    assistantAndPeople: 'An automated assistant answers and can bring in a person.',
    microphone: 'Your microphone is used only during the call.',
    topicsTitle: 'Things people ask',
    continueTitle: 'You were in a call',
    continueText: 'Your call is still open. You can carry on where you left off.',
    continue: 'Continue the call',
    end: 'End the call',
    fresh: 'Start a new call',
  },

  call: {
    region: 'Your call',
    talkingTo: 'You’re talking to',
    talkedTo: 'You were talking to',
    connecting: 'Ringing…',
    allow: 'Please allow the microphone',
    waiting: 'One moment, please…',
    duration: 'Call time',
    states: {
      calling: 'Calling',
      waiting: 'Connecting you to',
      listening: 'Listening to you',
      thinking: 'Thinking',
      speaking: 'Speaking',
      lost: 'Reconnecting',
      quiet: 'Quiet',
    },
  },

  quality: {
    label: 'Connection',
    excellent: 'Connection: excellent',
    good: 'Connection: good',
    poor: 'Connection: weak',
    lost: 'Connection: lost',
    unknown: 'Connection: checking',
  },

  controls: {
    label: 'Call controls',
    mute: 'Mute',
    unmute: 'Unmute',
    speak: 'Use mic',
    keypad: 'Keypad',
    microphone: 'Mic',
    microphoneLong: 'Mic settings',
    hangUp: 'Hang up',
    sound: 'Turn the sound on',
  },

  microphone: {
    title: 'Microphone',
    device: 'Use this microphone',
    level: 'Your level',
    levelHint: 'Speak: the bar should move.',
    mutedHint: 'You are muted.',
    unnamed: 'Microphone',
  },

  keypad: {
    title: 'Keypad',
    sent: 'Keys pressed',
    key: 'Key',
    names: { '*': 'star', '#': 'hash' } as Record<string, string>,
  },

  line: {
    title: 'Who can help you',
    here: 'with you now',
    before: 'spoke with you',
  },

  transcript: {
    title: 'Conversation',
    empty: 'What is said appears here.',
    you: 'You',
    typed: 'typed',
    joined: (name: string) => `You’re now with ${name}`,
    resumed: 'You’re back. The call goes on.',
    times: (count: number) => (count === 2 ? 'twice' : `${count} times`),
    label: 'Type a message',
    placeholder: 'Type a message…',
    send: 'Send',
    notSent: 'Your message was not sent. Please try again.',
  },

  over: {
    title: 'The call has ended',
    again: 'Call again',
    type: 'Type instead',
    lasted: (time: string) => `It lasted ${time}.`,
    reasons: {
      you: 'You hung up. Thank you for calling.',
      goodbye: 'We said goodbye. Thank you for calling.',
      silence: 'We hung up because we could not hear you for a while.',
      maximum_cost: 'We had to end the call here. You are welcome to call again.',
      maximum_length: 'The call reached its longest time, so we had to end it. You are welcome to call again.',
      error: 'Something went wrong on our side and the call ended. We’re sorry.',
      callback: 'A colleague will call you back as soon as somebody is free.',
      unserved: 'Our line has a fault and the call ended. We’re sorry. Please call again later.',
      stopped: 'Our line closed for a moment and the call ended. Please call again.',
      transferred: 'You were put through to a colleague.',
      caller_left: 'The call was closed because you had left.',
      other: 'We ended the call.',
    } as Record<string, string>,
  },

  problems: {
    unreachable: { title: 'We can’t be reached', text: 'Please check your internet connection, then try again.' },
    media: {
      title: 'The sound could not be connected',
      text: 'Your network may block calls. Try again, or use another network.',
    },
    busy: { title: 'All lines are busy', text: 'Everyone is on a call just now. Please try again in a minute.' },
    tooMany: { title: 'That was a few calls in a row', text: 'Please wait a little before you call again.' },
    noAgent: { title: 'Nobody picked up', text: 'We’re sorry: our line did not answer. Please call again.' },
    agentLost: {
      title: 'The line went quiet',
      text: 'We lost our end of the call. Continue, and we carry on where you left off.',
    },
    connectionLost: {
      title: 'The connection was lost',
      text: 'We could not get it back by ourselves. Continue, and we carry on where you left off.',
    },
    expired: { title: 'That took too long', text: 'Your way into the call has expired. Continue to get a new one.' },
    gone: { title: 'That call is over', text: 'It could not be continued. You are welcome to call again.' },
    elsewhere: { title: 'The call is open elsewhere', text: 'It moved to another tab or window of yours.' },
    refused: { title: 'You need to sign in', text: 'This line takes calls only from people who are signed in.' },
    noLine: { title: 'There is no such line', text: 'The address of this page names a line that does not exist.' },
    unsupported: { title: 'Your browser can’t make calls', text: 'Please update it, or use another browser.' },
    server: { title: 'Something went wrong', text: 'It was on our side. Please try again in a moment.' },
  } satisfies Record<string, Notice>,
  tryAgain: 'Try again',
  seconds: (count: number) => `You can call again in ${count} seconds.`,

  link: {
    lost: { title: 'Connection lost', text: 'We’re getting it back. Please stay on the page.' },
    quiet: { title: 'The line went quiet', text: 'We may have lost our end of the call.' },
    restored: { title: 'You’re connected again', text: '' },
    retry: 'Continue the call now',
  },

  microphoneProblems: {
    refused: {
      title: 'Your microphone is blocked',
      text: 'You can type below. To speak, allow the microphone in your browser’s address bar, then press “Use mic”.',
    },
    missing: { title: 'No microphone found', text: 'You can type below, or plug one in and press “Use mic”.' },
    busy: {
      title: 'Your microphone is in use',
      text: 'Another program holds it. Close that, then press “Use mic”. You can type below.',
    },
    unsupported: { title: 'The microphone can’t be used here', text: 'You can type below.' },
  } satisfies Record<string, Notice>,

  nobody: 'Our line',

  calling: (name: string): Doing => ({ running: `Calling ${name}`, done: `${name} picked up`, failed: `Couldn’t reach ${name}` }),
  /** What every line does by itself. */
  tools: {
    callback: { running: 'Offering to call you back', done: 'Took down your callback', failed: 'No callback was taken down' },
  } as Record<string, Doing>,
  otherTool: { running: 'Looking into it', done: 'Looked into it', failed: 'That didn’t work' },
};
