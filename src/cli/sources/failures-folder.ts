/** Where failures are written if nobody says: below the working directory. */
export const FAILURES = "detcd-failures";
