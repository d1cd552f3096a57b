package membership

import _ "dynamosim/internal/seeded" // properties draw the same cases in every run
