// In the place of react-style-singleton: no style is written into the page.
export const styleSingleton = () => () => null;
export const stylesheetSingleton = () => ({ add() {}, remove() {} });
