// What the page that the example is part of has.
declare function connectToLiveKit(token: string, roomName: string): void;
