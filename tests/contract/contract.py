"""What of LiveKit we stand on that is private, overridden, or a public hook whose shape we count on; and why.

A row for each. `test_livekit.py` checks them, and finds what is missing here; `docs/livekit.md` tells the story.
"""

from tests.contract.checks import Attribute, Behaviour, Method, Name, Options, Part

ENGINE = "livekit.agents.llm._realtime.openai"
SESSION = f"{ENGINE}:RealtimeSession"
MODEL = f"{ENGINE}:RealtimeModel"
OPTIONS = f"{ENGINE}:_RealtimeOptions"
RESPONSE = f"{ENGINE}:_ResponseGeneration"
MESSAGE = f"{ENGINE}:_MessageGeneration"
MIRROR = "livekit.agents.llm.remote_chat_context:RemoteChatContext"
ACTIVITY = "livekit.agents.voice.agent_activity:AgentActivity"
OUTPUT = "livekit.agents.voice.io:AudioOutput"
BYTES = "livekit.agents.utils.audio:AudioByteStream"
STREAM = "livekit.rtc:AudioStream"
SOURCE = "livekit.rtc:AudioSource"
QUEUE = "livekit.rtc._ffi_client:FfiQueue"
AGENT = "livekit.agents:Agent"
RATES = "livekit.agents.voice.transcription._speaking_rate"

RECEIVING = "_run_ws"

REALTIME: list[Part] = [
    Name("livekit.plugins.openai.realtime", "RealtimeSession", "SpokenSession", "its base class"),
    Name("livekit.plugins.openai.realtime", "RealtimeModel", "CallModel", "its base class"),
    Name(ENGINE, "_DiscardedGeneration", "AtHand", "an answer in the name of an agent that has left is one", ""),
    Name(ENGINE, "_ResponseGeneration", "AtHand", "an answer that breaks off goes on in the same one"),
    Name(ENGINE, "_ResponseGeneration", "Broken", "an answer that breaks off is kept as it is"),
    Name(ENGINE, "_ResponseGeneration", "Items", "its messages are no more than was heard"),
    Name(ENGINE, "_RealtimeOptions", "Service", "where the service is, and with which key"),
    # what every connection goes through
    Method(
        SESSION, "_create_ws_conn", "CallSession", "a fresh token for each connection, and what the lost one owes",
        called_by="_main_task", is_async=True,
    ),
    Method("livekit.agents:APIConnectOptions", "_interval_for_retry", "Retrying", "a lost connection is soon made anew",
           takes="num_retries", called_by=f"{SESSION}._main_task"),
    Method(SESSION, "_run_ws", "CallSession", "a connection that nobody needs is cut",
           takes="ws_conn", called_by="_main_task", is_async=True),
    Method(SESSION, "_emit_error", "CallSession", "what is owed is put aside when the connection is lost",
           takes="error, recoverable", called_by="_main_task"),
    Behaviour(
        SESSION, "_main_task", "CallSession",
        "a reconnect replays, gives up the answers of the lost connection, and then says so: "
        "they have been put aside before, and are taken up after",
        says=(
            "self._remote_chat_ctx = llm.remote_chat_context.RemoteChatContext()",
            "self._response_created_futures.clear()",
            "self._close_current_generation(",
            'self.emit("session_reconnected"',
            "await self._create_ws_conn()",
            "await _reconnect()",
        ),
    ),
    Behaviour(
        SESSION, "_main_task", "CallSession",
        "replies that were not answered are sent again by us, because LiveKit gives them up",
        says=(
            "in self._response_created_futures.values()",
            'llm.RealtimeError("pending response discarded due to session reconnection")',
        ),
    ),
    Behaviour(
        SESSION, RECEIVING, "CallSession",
        "events are seen before LiveKit handles them, as dictionaries to be changed; unknown ones are passed over",
        says=('self.emit("openai_server_event_received", event)', 'if event["type"] ==', "elif lk_oai_debug"),
    ),
    Behaviour(SESSION, RECEIVING, "CallSession", "what was sent is known when it is sent",
              says=('self.emit("openai_client_event_queued", msg)', "await ws_conn.send_str")),
    Method(SESSION, "send_event", "CallSession", "what asked for an answer is kept", takes="event",
           called_by="generate_reply"),
    Attribute(SESSION, "_msg_ch", "CallSession", "the caller's words of a lost connection go before what waits in it"),
    Attribute(SESSION, "_opts", "CallSession", "what the service writes down, and how old its connections become"),
    Attribute(SESSION, "_opts", "SpokenSession", "modality and turns of the next answers and connections"),
    Attribute(SESSION, "_opts", "AtHand", "a message that never began is of the modality at hand"),
    *[
        Attribute(OPTIONS, name, ours, f"read or set for this call ({name})")
        for ours, names in (
            ("CallSession", ("is_azure", "api_version", "input_audio_transcription", "max_session_duration")),
            ("SpokenSession", ("modalities", "turn_detection")),
            ("Service", ("entra_token", "base_url", "azure_deployment", "api_key")),
        )
        for name in names
    ],
    Attribute(SESSION, "_realtime_model", "SpokenSession", "its capabilities follow the modality"),
    Attribute("livekit.agents.llm:RealtimeCapabilities", "audio_output", "SpokenSession", "follows the modality"),
    Behaviour(SESSION, "_handle_response_output_item_added", "SpokenSession",
              "the model's capabilities are asked at every answer, so that a modality can change within a call",
              says=("self._realtime_model.capabilities.audio_output",)),
    Method(SESSION, "_wrap_session_update", "SpokenSession", "a modality in the dialect of the service",
           takes="event_id, session"),
    Method(SESSION, "_wrap_session_update", "CallSession", "a change of nothing, to be confirmed",
           takes="event_id, session"),
    Method(SESSION, "update_options", "SpokenSession", "turns that nobody answers while notes are taken",
           takes="*, tool_choice=, voice=, turn_detection=, max_response_output_tokens=, input_audio_transcription=, "
           "input_audio_noise_reduction=, speed=, tracing=, truncation=, reasoning="),
    Attribute(SESSION, "_instructions", "CallSession", "the rest of a sentence is asked for beside the agent's prompt"),
    Attribute(MODEL, "_sessions", "CallModel", "options of the model reach its session"),
    Method(MODEL, "_ensure_http_session", "CallModel", "a frame that cannot be read would end the session",
           called_by=f"{SESSION}._create_ws_conn"),
    Behaviour(SESSION, "_run_ws", "CallModel", "frames that cannot be read are passed over before LiveKit reads them",
              says=("msg = await ws_conn.receive()",)),
    Behaviour(SESSION, "_create_ws_conn", "CallModel", "the session is asked for a connection and for nothing else",
              says=("self._realtime_model._ensure_http_session().ws_connect(url=url, headers=headers)",)),
    Method(MODEL, "session", "CallModel", "makes our session in place of LiveKit's",
           takes="*, turn_detection_disabled=", called_by=f"{ACTIVITY}._start_session"),
    Method(SESSION, "aclose", "CallSession", "always completes", is_async=True),
    Attribute(SESSION, "_main_atask", "CallSession", "a connection that does not close in time is cut"),
    # listeners
    Method(SESSION, "emit", "CallSession", "events of a handoff wait for the next agent", takes="event, *args"),
    Method(SESSION, "on", "CallSession", "what was held back is given to the next agent's listener",
           takes="event, callback="),
    Attribute(SESSION, "_events", "CallSession", "tells whether anybody listens: in a handoff nobody does"),
    # audio
    Attribute(SESSION, "_bstream", "SpokenSession", "the caller's audio is sent in pieces of our length"),
    Attribute(SESSION, "_pushed_duration_s", "SpokenSession", "counted as LiveKit counts it, for its commits"),
    Method(SESSION, "_append_audio", "SpokenSession", "a piece is sent without an object to check and dump",
           takes="frames", called_by="push_audio"),
    Method(SESSION, "clear_audio", "CallSession", "a caller is not cut in mid-sentence by a handoff"),
    Name("livekit.agents.utils.audio", "AudioByteStream", "Pieces", "its base class",
         "sample_rate, num_channels, samples_per_channel=, progressive="),
    Method(BYTES, "push", "Pieces", "how much is sent at once", takes="data"),
    Method(BYTES, "write", "Pieces", "the same by its other name", takes="data"),
    Method(BYTES, "flush", "Pieces", "what is held back is sent"),
    Method(BYTES, "clear", "Pieces", "what is held back is forgotten"),
    Behaviour(SESSION, "push_audio", "SpokenSession", "LiveKit hands its audio to the pieces by this name",
              says=("self._bstream.write(",)),
    # answers
    Attribute(SESSION, "_current_generation", "AtHand", "the answer at hand, taken up again on a new connection"),
    Attribute(SESSION, "_response_created_futures", "CallSession", "the replies that are waited for"),
    Attribute(SESSION, "_discarded_event_ids", "CallSession", "an interrupted answer is not taken up again"),
    Behaviour(SESSION, "generate_reply", "CallSession", "an answer is known by what asked for it",
              says=("self._response_created_futures[event_id]", 'metadata={"client_event_id": event_id}')),
    *[
        Method(SESSION, name, "CallSession", why, takes=takes, called_by=caller)
        for name, takes, caller, why in (
            ("_handle_response_created", "event", RECEIVING, "whose answer it is"),
            ("_handle_function_call", "item", "_handle_response_output_item_done", "one with a tool is not retried"),
            ("_handle_response_done", "event", RECEIVING, "a failed answer is asked for again"),
            ("_handle_error", "event", RECEIVING, "refused items and requests are ours to mend"),
            ("_handle_conversion_item_added", "event", RECEIVING, "items that we have already are not added twice"),
            ("_handle_conversion_item_deleted", "event", RECEIVING, "items that we have no more are not removed twice"),
        )
    ],
    *[
        Method(SESSION, name, "SpokenSession", why, takes=takes, called_by=RECEIVING)
        for name, takes, why in (
            ("_handle_response_audio_transcript_delta", "event", "words wait for their sound"),
            ("_handle_response_audio_delta", "event", "the sound that the words wait for"),
            ("_handle_response_audio_done", "_", "all of the sound is here"),
            ("_handle_response_output_item_done", "event", "an answer is complete"),
        )
    ],
    Method(SESSION, "_is_fatal_error", "CallSession", "what can never succeed is not tried again", takes="error"),
    Method(SESSION, "interrupt", "CallSession", "an interrupted answer is not taken up again"),
    Name("livekit.agents.voice.agent", "_get_activity_task_info", "Askers", "which speech asks, or interrupts", "task"),
    Method(SESSION, "truncate", "CallSession", "a replayed item is text, whose sound cannot be cut",
           takes="*, message_id, modalities, audio_end_ms, audio_transcript="),
    Method(RESPONSE, "_close", "AtHand", "ends an answer that is not taken up again"),
    Attribute(RESPONSE, "_done_fut", "AtHand", "LiveKit waits for it before it renews a connection"),
    Attribute(RESPONSE, "messages", "AtHand", "what has come of an answer that broke off"),
    *[
        Attribute(MESSAGE, name, "AtHand", "an answer that broke off is closed with what has come of it")
        for name in ("audio_transcript", "text_ch", "audio_ch", "modalities")
    ],
    # the conversation
    Attribute(SESSION, "_remote_chat_ctx", "CallSession", "LiveKit's copy of the server's conversation"),
    Attribute(SESSION, "_remote_chat_ctx", "Items", "what the server knows of an item"),
    Method(MIRROR, "get", "Mirror", "an item of the copy", takes="item_id"),
    Method(MIRROR, "insert", "Mirror", "an item is in the copy before the server has confirmed it",
           takes="previous_item_id, message"),
    Method(MIRROR, "delete", "Mirror", "a refused item is taken back", takes="item_id"),
    Method(SESSION, "update_chat_ctx", "CallSession", "changes wait for nobody", takes="chat_ctx", is_async=True),
    Method(SESSION, "_create_update_chat_ctx_events", "CallSession", "what has to be added", takes="chat_ctx"),
    Method(SESSION, "_create_update_chat_ctx_events", "Items", "what has to be changed", takes="chat_ctx"),
    Behaviour(
        SESSION, "_main_task", "CallSession",
        "a reconnect replays what that method gives, and waits for nothing between the connection and the replay",
        says=("events.extend(self._create_update_chat_ctx_events(chat_ctx))",),
    ),
    Name("livekit.agents.voice.generation", "remove_instructions", "CallSession", "as LiveKit does it", "chat_ctx"),
    Method(
        SESSION, "_update_session", "CallSession",
        "a handoff keeps the server's conversation: LiveKit would replace it by the next agent's",
        takes="*, instructions=, chat_ctx=, tools=", is_async=True,
        called_by=f"{ACTIVITY}._start_session",
    ),
    Method(
        SESSION, "_convert_tools_to_oai", "CallSession",
        "a tool that was told of before costs a handoff no time; LiveKit's source says that it may be overridden",
        takes="tools",
        called_by=f"{SESSION}._create_tools_update_event",
    ),
]  # fmt: skip

ROOM: list[Part] = [
    Name("livekit.rtc._ffi_client", "FfiClient", "_narrow", "the queue that wakes every stream of the process"),
    Options(STREAM, "__init__", "keep_frames_apart", "each stream is narrowed when it is made", "track loop"),
    Behaviour(STREAM, "__init__", "keep_frames_apart",
              "a stream is woken by the frames of all; once it is not (livekit 1.2.1), this can go",
              says=('filter_fn=lambda e: e.WhichOneof("message") == "audio_stream_event",',)),
    Attribute(STREAM, "_ffi_handle", "_narrow", "by which a stream's frames are told from others'"),
    Attribute(STREAM, "_ffi_queue", "_narrow", "the stream's place among the subscribers"),
    Attribute(QUEUE, "_lock", "_narrow", "the subscribers are changed under it"),
    Attribute(QUEUE, "_subscribers", "_narrow", "the filter of one stream is replaced there"),
    Behaviour(QUEUE, "put", "_narrow", "a subscriber is (queue, loop, filter), and the filter is asked each time",
              says=("for queue, loop, filter_fn in self._subscribers", "filter_fn(item)")),
    Method(SOURCE, "capture_frame", "HeardSource", "what the caller is given to hear is told to who records it",
           takes="frame", is_async=True),
    Method(SOURCE, "clear_queue", "HeardSource", "what they were given and will not hear, too"),
    Attribute(SOURCE, "_ffi_handle", "HeardSource", "one that is disposed of has no queue to clear, and does not look"),
    Method(OUTPUT, "capture_frame", "AgentTrack", "the agent's voice comes in here", takes="frame", is_async=True),
    Method(OUTPUT, "flush", "AgentTrack", "a segment has ended"),
    Method(OUTPUT, "clear_buffer", "AgentTrack", "an interruption"),
    Attribute(OUTPUT, "_pending_playback_count", "AgentTrack", "segments that LiveKit waits for are all reported"),
    Method(OUTPUT, "on_playback_started", "AgentTrack", "LiveKit is told when it is heard", takes="*, created_at"),
    Method(OUTPUT, "on_playback_finished", "AgentTrack", "LiveKit is told how much was heard",
           takes="*, playback_position, interrupted, synchronized_transcript="),
    Method("livekit.agents.voice.io:TextOutput", "capture_text", "AgentWords", "the agents' words come in here",
           takes="text", is_async=True),
    Method("livekit.agents.voice.io:TextOutput", "flush", "AgentWords", "a segment has ended"),
    Name(RATES, "SpeakingRateDetector", "reckon_rates_patiently", "every agent has one"),
    Method(f"{RATES}:SpeakingRateDetector", "stream", "reckon_rates_patiently", "one for each answer"),
    Attribute(f"{RATES}:SpeakingRateDetector", "_opts", "_patient", "how long its windows are"),
    Name(RATES, "SpeakingRateStream", "PatientRate", "its base class", "detector, opts"),
    Attribute(f"{RATES}:SpeakingRateStream", "_input_ch", "PatientRate", "others have their turn before each frame"),
    Method(f"{RATES}:SpeakingRateStream", "_spectral_flux", "PatientRate", "all transforms of a window in one go",
           takes="audio, sample_rate", called_by="_compute_speaking_rate"),
    Options("livekit.agents.voice.transcription", "TranscriptSynchronizer", "Presence", "words as they are heard",
            "next_in_chain_audio next_in_chain_text"),
    Options("livekit.agents.voice.io", "AudioOutput", "AgentTrack", "its base class", "label capabilities sample_rate"),
]  # fmt: skip

AGENTS: list[Part] = [
    Method(AGENT, "on_enter", "VoiceAgent", "the caller has arrived", is_async=True,
           called_by=f"{ACTIVITY}.start"),
    Method(AGENT, "on_exit", "VoiceAgent", "the caller is given away", is_async=True,
           called_by=f"{ACTIVITY}.drain"),
    Behaviour(
        ACTIVITY, "_detach_reusable_resources", "CallSession",
        "a handoff takes these listeners off, and what they would have heard is held back",
        says=tuple(f'"{event}"' for event in ("input_speech_started", "input_speech_stopped",
                   "input_audio_transcription_completed", "remote_item_added")),
    ),
    Behaviour(
        ACTIVITY, "_start_session", "CallSession",
        "the next agent interrupts, clears the audio, listens and then updates the session, in this order",
        says=("self._rt_session.interrupt()", "self._rt_session.clear_audio()", "self.llm.session(",
              'self._rt_session.on("generation_created"', "self._rt_session._update_session("),
    ),
    Attribute(AGENT, "realtime_llm_session", "CallSession", "the call's realtime session"),
    Options("livekit.agents", "Agent", "VoiceAgent", "its base class", "id instructions tools tts"),
    Options("livekit.agents", "Agent", "Briefer", "begins with what was said", "id instructions chat_ctx"),
    Method(AGENT, "update_chat_ctx", "Handoffs", "what the server knows becomes the next agent's history",
           takes="chat_ctx, *, exclude_invalid_function_calls=", is_async=True),
    Options("livekit.agents", "AgentSession", "Conversation", "one call",
            "llm tts userdata max_tool_steps user_away_timeout aec_warmup_duration vad turn_handling stt"),
    Options("livekit.agents:AgentSession", "start", "Conversation", "a call begins",
            "room room_options session_host record"),
    Options("livekit.agents.voice.room_io", "RoomOptions", "Conversation", "what LiveKit does in the room",
            "audio_input text_input text_output participant_identity close_on_disconnect delete_room_on_close"),
    Options("livekit.agents.voice.room_io", "AudioInputOptions", "Presence", "how the caller is heard",
            "frame_size_ms pre_connect_audio auto_gain_control"),
    Method("livekit.agents:AgentSession", "_claim_user_turn", "Typed",
           "who types counts as speaking, as in LiveKit's own answer to what is typed"),
]  # fmt: skip

SPEECH: list[Part] = [
    Method("livekit.agents.tts:TTS", "synthesize", "NativeSpeech", "reads a sentence", takes="text, *, conn_options="),
    Method("livekit.agents.tts:ChunkedStream", "_run", "NativeReading", "makes the audio", takes="output_emitter",
           called_by="_main_task", is_async=True),
    Attribute("livekit.agents.tts:ChunkedStream", "_tts", "NativeReading", "who asked for the sentence"),
    Method("livekit.agents.tts:FallbackAdapter", "aclose", "Chain", "ends what looks whether a service is back",
           is_async=True),
    Method("livekit.agents.tts:FallbackAdapter", "prewarm", "Chain", "a connection is opened once a call"),
    Options("livekit.agents.tts", "FallbackAdapter", "Chain", "its base class", "sample_rate max_retry_per_tts"),
]  # fmt: skip

WORKER: list[Part] = [
    Options("livekit.agents", "AgentServer", "build_server", "the worker",
            "preload_modules job_executor_type num_idle_processes ws_url api_key api_secret port prometheus_port "
            "setup_fnc load_fnc drain_timeout load_threshold"),
    Behaviour("livekit.agents", "AgentServer", "let_children_import_from",
              "what is loaded once, by the fork server, is imported there by name", says=("set_forkserver_preload(",)),
    Behaviour("livekit.agents", "AgentServer", "_prepare_environment",
              "the fork server is there before a worker sets what the processes that it starts inherit",
              says=('os.environ["LIVEKIT_URL"] = self._ws_url', "_set_default_cert_env()",
                    '"livekit.agents.ipc._preload"', '"livekit.agents.ipc._preload_freeze"')),
    Name("livekit.agents.utils.http_context", "_set_default_cert_env", "_prepare_environment", "of these is this", ""),
    Name("multiprocessing.forkserver", "_forkserver", "fork_server", "the one that Python asks for processes"),
    *(Attribute("multiprocessing.forkserver:ForkServer", name, "fork_server", "one is running", set_in="ensure_running")
      for name in ("_forkserver_address", "_forkserver_alive_fd", "_forkserver_pid")),
    Method("livekit.agents:AgentServer", "drain", "Worker", "whose calls outlast the grace is told, and raises on",
           takes="timeout=", is_async=True),
    Method("livekit.agents:AgentServer", "run", "Worker", "while it lasts, operators see the worker",
           takes="*, devmode=, unregistered=", is_async=True),
    Method("livekit.agents:AgentServer", "aclose", "Worker", "what is said to callers whom it refused ends, too",
           is_async=True),
    Options("livekit.agents:AgentServer", "rtc_session", "build_server", "who answers, and who decides whether",
            "agent_name on_request"),
    Behaviour("livekit.agents", "AgentServer", "build_server", "logs and readiness follow these events",
              says=('self.emit("worker_started")', '"worker_registered",')),
    Name("livekit.agents.utils.http_context", "_create_ssl_context", "warm", "made before a call needs it", ""),
    Behaviour("livekit.agents.utils.http_context", "_new_session_ctx", "warm", "every connection of a call has it",
              says=("ssl=_create_ssl_context()",)),
    Behaviour("livekit.agents.ipc._preload", "LIVEKIT_AGENTS_PRELOAD_LOCAL_INFERENCE", "spare_local_models",
              "turn detection that nobody uses is not loaded (240 MB a worker)",
              says=('"LIVEKIT_AGENTS_PRELOAD_LOCAL_INFERENCE"', "os.environ.get(ENV_PRELOAD_LOCAL_INFERENCE)")),
]  # fmt: skip

CONTRACT: list[Part] = [*REALTIME, *ROOM, *AGENTS, *SPEECH, *WORKER]
