import { Component, type ReactNode } from "react";
import { Button } from "./controls.tsx";
import { Frame } from "./Frame.tsx";

/** In place of a blank page, when the page itself has a bug. */
export class Fallback extends Component<{ children: ReactNode }, { isBroken: boolean }> {
  override state = { isBroken: false };

  static getDerivedStateFromError() {
    return { isBroken: true };
  }

  override render() {
    if (!this.state.isBroken) return this.props.children;
    return (
      <Frame>
        <div role="alert" className="m-auto space-y-4 text-center">
          <h1 className="text-2xl font-semibold">This page has broken</h1>
          <p className="text-muted">A call that you are in goes on: load the page again and you are back in it.</p>
          <Button tone="primary" onClick={() => location.reload()}>
            Load again
          </Button>
        </div>
      </Frame>
    );
  }
}
