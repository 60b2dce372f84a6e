import { CreateSessionRequest, CreateSessionResponse } from '@/types/voice';

async function startVoiceCall() {
  const request: CreateSessionRequest = {
    callType: 'support',
    enableRecording: true,
    enableAiAgent: true,
    voice: 'alloy',
  };

  const response = await fetch('/api/voice/session', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(request),
  });

  if (!response.ok) {
    const error = await response.json();
    throw new Error(error.error);
  }

  const data: CreateSessionResponse = await response.json();

  // Connect to LiveKit room with token
  connectToLiveKit(data.session.token, data.session.roomName);
}

async function endVoiceCall(roomName: string) {
  await fetch(`/api/voice/session?roomName=${roomName}`, {
    method: 'DELETE',
  });
}
